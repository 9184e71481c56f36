/** How somebody changes the load while it runs. */
export interface Steering {
  /** What the planned rate is multiplied by; 0 while paused. */
  factor(): number;
  /** `nowMs` is milliseconds since the load's start. It holds from then on, or `leadMs` later. */
  set(factor: number, nowMs: number): void;
  /** All changes so far, in order. */
  changes(): readonly SteeringChange[];
  /** Called after each change; returns what ends it. */
  onChange(listener: () => void): () => void;
}

export interface SteeringChange {
  readonly atMs: number;
  readonly factor: number;
}

/** More than any hand changes in a drill; a script that wants more wants another plan. */
const CHANGES_MAX = 10_000;

/** `leadMs`: how long it takes until everybody who makes the load has heard of a change. */
export function createSteering(leadMs = 0): Steering {
  const changes: SteeringChange[] = [];
  const listeners = new Set<() => void>();
  const factor = (): number => changes.at(-1)?.factor ?? 1;
  return {
    factor,
    set: (next, nowMs) => {
      if (next === factor()) return;
      if (changes.length >= CHANGES_MAX)
        throw new RangeError(`the rate was changed ${CHANGES_MAX} times already`);
      changes.push({ atMs: Math.max(nowMs + leadMs, changes.at(-1)?.atMs ?? 0), factor: next });
      for (const listener of listeners) listener();
    },
    changes: () => changes,
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
