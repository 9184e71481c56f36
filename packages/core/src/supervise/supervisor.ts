import { type Clock, systemClock } from '../clock/clock.ts';
import { pidsOfRun, RUN_MARK, signalTree } from './process-table.ts';
import { type Reaper, startReaper } from './reaper.ts';
import {
  type ChildEvent,
  type SupervisedChild,
  SupervisedLife,
  type SupervisedSpec,
} from './supervised-life.ts';

/** Starts, restarts and ends a run's processes. One per run. */
export interface Supervisor {
  readonly runId: string;
  readonly reaper: Reaper;
  /** Starts a process and waits until it is ready. */
  start(spec: SupervisedSpec): Promise<SupervisedChild>;
  onEvent(listener: (event: ChildEvent) => void): void;
  /** Ends everything, last started first, then whatever else carries the run's mark, then lets the reaper go. */
  close(): Promise<void>;
}

/** What is being killed may still be forking: look again; each round takes milliseconds. */
const SWEEPS_MAX = 10;
const SWEEP_PAUSE_MS = 20;

export function createSupervisor(runId: string, clock: Clock = systemClock): Supervisor {
  const reaper = startReaper(runId);
  const children: SupervisedLife[] = [];
  const listeners = new Set<(event: ChildEvent) => void>();
  const announce = (event: ChildEvent): void => {
    for (const listener of listeners) listener(event);
  };
  let closing: Promise<void> | undefined;
  return {
    runId,
    reaper,
    start: async (spec) => {
      if (closing !== undefined) throw new Error(`${spec.name} was started while its supervisor closes`);
      const marked = { ...spec, env: { ...spec.env, [RUN_MARK]: runId } };
      const child = new SupervisedLife({ spec: marked, reaper, clock, announce });
      children.push(child);
      await child.launch();
      return child;
    },
    onEvent: (listener) => {
      listeners.add(listener);
    },
    close: () => {
      closing ??= endInOrder(children)
        .then(() => sweep(runId))
        .then(() => reaper.close());
      return closing;
    },
  };
}

async function endInOrder(children: readonly SupervisedLife[]): Promise<void> {
  for (const child of children.toReversed()) await child.stop();
}

/** Ends what children left behind in sessions of their own, as daemons do. */
async function sweep(runId: string): Promise<void> {
  for (let round = 0; round < SWEEPS_MAX; round += 1) {
    const left = await pidsOfRun(runId);
    if (left.length === 0) return;
    for (const pid of left) signalTree(pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, SWEEP_PAUSE_MS));
  }
}
