import { pollUntil, processIdentity, type SystemProcess, signalTree } from '@stormcart/core';
import { processDown } from './process-down.ts';
import type { ProcessPart } from './process-fault.ts';
import { hasEnded, processState } from './process-stat.ts';

/** Stopping takes effect when each thread next meets the kernel: mostly at once. */
const POLL_MS = 5;

/**
 * Who holds which process stopped. It hangs on the process itself, because pauses of one process come from
 * faults that know nothing of each other, and only the last one out may let it go on.
 */
const holders = new WeakMap<SystemProcess, Set<object>>();

/**
 * SIGSTOP to the process and its group: every thread stops, sockets stay open, nothing is answered.
 * Helpers in sessions of their own run on (RabbitMQ's `erl_child_setup`, which only acts when the broker
 * asks it to). A new life of a paused process is not paused.
 */
export function pausePart(process: SystemProcess): ProcessPart {
  const holder = {};
  const held = holders.get(process) ?? new Set();
  holders.set(process, held);
  let wasTouched = false;
  let wasStopped = false;
  return {
    apply: async ({ signal, journal }) => {
      const pid = process.pid();
      if (pid === undefined) throw processDown(process.name, 'pause');
      const identity = await processIdentity(pid);
      if (identity !== undefined) await journal({ kind: 'continue-process', pid, identity });
      held.add(holder);
      wasTouched = true;
      signalTree(pid, 'SIGSTOP');
      let state: string | undefined;
      await pollUntil(
        async () => {
          state = await processState(pid);
          return state === 'T' || hasEnded(state);
        },
        { everyMs: POLL_MS, signal },
      );
      // Something else ended it in the same moment.
      if (hasEnded(state)) throw processDown(process.name, 'pause');
      wasStopped = true;
    },
    revert: async () => {
      held.delete(holder);
      // Also when it was let go before: a revert that is asked for again must do its work again.
      if (held.size > 0 || !wasTouched) return;
      const pid = process.pid();
      if (pid !== undefined) signalTree(pid, 'SIGCONT');
    },
    isGone: async () => {
      const pid = process.pid();
      // While somebody else holds it, it is theirs to answer for.
      if (held.size > 0 || pid === undefined) return !held.has(holder);
      return (await processState(pid)) !== 'T';
    },
    hits: async () => (wasStopped ? 1 : 0),
  };
}
