import { bytes, duration, share, timeShift } from '@stormcart/core';
import type { FaultKind, QuantityAttribute } from '../attribute.ts';

/** A minute of standing still is longer than anything waits. */
const STALL_MS_MAX = 60_000;
const HOUR_MS = 3_600_000;
/** Ten years: further than certificates, tokens and caches reach. */
const STEP_MS_MAX = 87_600 * HOUR_MS;
const MIB = 1_048_576;
const TIB = 1_048_576 * MIB;

const time = (about: string, usual: number, [min, max]: readonly [number, number]): QuantityAttribute => ({
  kind: 'quantity',
  about,
  unit: duration,
  min,
  max,
  usual,
});

/** `action:` of a scenario's process fault. */
export const processFaultKinds = {
  kill: { about: 'SIGKILL; whoever supervises the process starts it again.', attributes: {} },
  terminate: {
    about: 'Its own stop signal, and SIGKILL at the end of the fault; whoever supervises it starts it again.',
    attributes: {},
  },
  pause: { about: 'SIGSTOP, and SIGCONT at the end.', attributes: {} },
  restart: { about: 'Ends the process politely and starts it again.', attributes: {} },
  crash_loop: {
    about: 'SIGKILL each time that the process is ready.',
    attributes: { every: time('the least time from one kill to the next', 1_000, [0, HOUR_MS]) },
  },
  cpu_burn: {
    about: 'Burns CPU beside the process, on the CPUs that it may use.',
    attributes: {
      share: {
        kind: 'quantity',
        about: 'how much of one core',
        unit: share,
        min: 0.01,
        max: 1,
        usual: 1,
      },
      cores: { kind: 'count', about: 'on how many cores at once', min: 1, max: 64, usual: 1 },
    },
  },
  memory_hog: {
    about: 'Holds memory beside the process, half of what is free at most.',
    attributes: { size: { kind: 'quantity', about: 'how much', unit: bytes, min: MIB, max: TIB } },
  },
  event_loop_stall: {
    about: 'Holds up the event loop of a Node process again and again.',
    attributes: {
      stall: time('how long each stall is', 500, [1, STALL_MS_MAX]),
      every: time('from one beginning to the next', 1_000, [1, HOUR_MS]),
    },
  },
  fd_exhaustion: {
    about: 'Takes away the file descriptors that the process could still open.',
    attributes: {
      leave: { kind: 'count', about: 'how many it may still open', min: 0, max: 1_000_000, usual: 0 },
    },
  },
  disk_fill: {
    about: 'Takes the room on the disk that the process keeps its data on.',
    attributes: {
      leave: {
        kind: 'quantity',
        about: 'what stays free',
        unit: bytes,
        min: 0,
        max: TIB,
        usual: 0,
      },
      size: {
        kind: 'quantity',
        about: 'the most that is taken; must be given unless the disk is a small one of its own',
        unit: bytes,
        min: 1,
        max: TIB,
        isOptional: true,
      },
    },
  },
  clock_step: {
    about:
      'Sets the clock of a Node process forward or back; timers and the monotonic clock go on as before.',
    attributes: {
      by: {
        kind: 'quantity',
        about: 'how far',
        unit: timeShift,
        min: -STEP_MS_MAX,
        max: STEP_MS_MAX,
      },
    },
  },
} as const satisfies Record<string, FaultKind>;

export type ProcessFaultName = keyof typeof processFaultKinds;
