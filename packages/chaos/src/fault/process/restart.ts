import { messageOf, type SystemProcess } from '@stormcart/core';
import { ChaosError } from '../../chaos-error.ts';
import { processDown } from './process-down.ts';
import type { ProcessPart } from './process-fault.ts';

/** Ends the process with its own stop signal and starts it again at once. The end is its being ready. */
export function restartPart(process: SystemProcess): ProcessPart {
  let oldPid: number | undefined;
  let restarted: Promise<{ readonly error?: unknown }> | undefined;
  return {
    apply: async () => {
      oldPid = process.pid();
      if (oldPid === undefined) throw processDown(process.name, 'restart');
      // Not awaited: the fault lasts while the restart does. Whether it worked is the revert's question.
      restarted = process.restart().then(
        () => ({}),
        (error: unknown) => ({ error }),
      );
    },
    revert: async (signal) => {
      if (restarted === undefined) return;
      const { error } = await restarted;
      if (error === undefined || process.state() === 'ready') return;
      throw new ChaosError({
        kind: 'environment',
        code: 'PROCESS_DOWN',
        message: `${process.name} did not come back: ${messageOf(error)}`,
        cause: error,
        details: { aborted: signal.aborted },
      });
    },
    isGone: async () => process.state() === 'ready',
    hits: async () => (oldPid !== undefined && process.pid() !== oldPid ? 1 : 0),
  };
}
