import { Interruption } from '../drill/interruption.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Turns signals into an abort, so that work can roll back. A second signal leaves at once; the
 * watchdog then undoes the run's faults, and the reaper ends its processes.
 */
export function abortOnSignals(onFirst: (signal: NodeJS.Signals) => void): AbortSignal {
  const controller = new AbortController();
  for (const name of SIGNALS) {
    process.on(name, () => {
      const interruption = new Interruption(name);
      if (controller.signal.aborted) process.exit(interruption.exitCode);
      onFirst(name);
      controller.abort(interruption);
    });
  }
  return controller.signal;
}
