import type { LoadPhaseOptions } from './perform-load.ts';

/** The scenario's abort condition held, the steady state was missing before the first fault, or an agent was lost. */
export interface EarlyEnd {
  readonly kind: 'abort' | 'steadyState' | 'lostAgent';
  readonly reason: string;
}

/** The ways in which a load ends before its plan does. */
export interface Ending {
  /** Aborted when the load must stop, for whatever reason. */
  readonly signal: AbortSignal;
  readonly endEarly: (end: EarlyEnd) => void;
  /** Why it ended early; undefined when it did not. */
  readonly reason: () => EarlyEnd | undefined;
  readonly close: () => void;
}

export function openEnding({ signal, stage, onEvent }: LoadPhaseOptions): Ending {
  const controller = new AbortController();
  let reason: EarlyEnd | undefined;
  return {
    signal: AbortSignal.any([signal, stage.broken, controller.signal]),
    endEarly: (end) => {
      reason ??= end;
      onEvent({ kind: 'notice', text: end.reason });
      controller.abort(new Error(end.reason));
    },
    reason: () => reason,
    close: () => controller.abort(new Error('the load is over')),
  };
}
