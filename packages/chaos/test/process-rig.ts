import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ChildEvent,
  createSupervisor,
  pidsOfRun,
  type Supervisor,
  type SystemProcess,
  systemClock,
} from '@stormcart/core';
import { expect } from 'vitest';
import {
  type AttributeValues,
  createFault,
  createFaultSession,
  type Fault,
  type FaultRecord,
} from '../src/index.ts';
import { startVictim, type Victim } from './victim.ts';

/** A server to break, under a supervisor, and what breaks it. */
export interface ProcessRig {
  readonly folder: string;
  readonly supervisor: Supervisor;
  readonly victim: Victim;
  /** What the supervisor has told of any process. */
  readonly events: readonly ChildEvent[];
  /** Injects it and waits until it is on. */
  begin(fault: Fault): Promise<RunningFault>;
  /** Ends what tests that failed half-way have left on. */
  endFaults(): Promise<void>;
  close(): Promise<void>;
}

export interface RunningFault {
  /** Ends it now. */
  readonly end: () => Promise<FaultRecord>;
}

export const HOUR_MS = 3_600_000;
export const MIB = 1_048_576;

/** Longer than any test: it is the test that ends the fault. */
export const LONG_MS = 120_000;

/** How long something that surely happens may take on a machine that is busy with others. */
export const POLL = { timeout: 30_000, interval: 20 } as const;

export async function openProcessRig(): Promise<ProcessRig> {
  const folder = mkdtempSync(join(tmpdir(), 'stormcart-process-'));
  const supervisor = createSupervisor(`test-${folder.slice(-6)}`);
  const events: ChildEvent[] = [];
  supervisor.onEvent((event) => events.push(event));
  const victim = await startVictim({ supervisor, folder, name: 'orders/1' });
  const ends = new Set<() => Promise<unknown>>();
  return {
    folder,
    supervisor,
    victim,
    events,
    begin: async (fault) => {
      const session = createFaultSession({ clock: systemClock });
      const over = session.inject(fault, LONG_MS);
      await expect.poll(() => session.events.length, { timeout: POLL.timeout }).toBeGreaterThan(0);
      expect(session.events[0]).toMatchObject({ kind: 'applied' });
      const end = async (): Promise<FaultRecord> => {
        await session.rollback();
        return over;
      };
      ends.add(end);
      return { end };
    },
    endFaults: async () => {
      for (const end of ends) await end();
      ends.clear();
    },
    close: async () => {
      await supervisor.close();
      expect(await pidsOfRun(supervisor.runId)).toEqual([]);
      rmSync(folder, { recursive: true });
    },
  };
}

/** A process that is no Node and does not end when it is asked to. */
export function startDeaf({ supervisor, folder }: ProcessRig): Promise<SystemProcess> {
  return supervisor.start({
    name: 'deaf',
    command: '/bin/sh',
    args: ['-c', `trap '' TERM; while :; do sleep 0.05; done`],
    env: { PATH: process.env['PATH'] ?? '' },
    workFolder: folder,
    logFile: join(folder, 'deaf.log'),
    ready: () => systemClock.sleep(50),
    readyTimeoutMs: 20_000,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 100,
    restart: { kind: 'always', delayMs: 20 },
  });
}

export function faultOn(
  target: SystemProcess,
  kind: string,
  attributes: AttributeValues = {},
  id = kind,
): Fault {
  return createFault(
    { id, family: 'process', kind, targets: [target.name], attributes },
    {
      proxies: new Map(),
      faultProxy: undefined,
      stores: new Map(),
      processes: new Map([[target.name, target]]),
    },
  );
}

/** The record of a fault that cannot be applied. */
export function refusal(fault: Fault): Promise<FaultRecord> {
  return createFaultSession({ clock: systemClock, limits: { verifyMs: 2_000 } }).inject(fault, 50);
}

export function expectClean(record: FaultRecord): void {
  expect(record.problem).toBeUndefined();
  expect(record.isVerified).toBe(true);
}
