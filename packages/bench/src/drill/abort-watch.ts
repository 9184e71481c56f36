import { evaluateGate } from '../judge/evaluate-gate.ts';
import type { Sample } from '../load/sample.ts';
import { createMeasurement, type Measurement } from '../measure/measurement.ts';
import type { Scenario } from '../scenario/scenario.ts';

type AbortRule = NonNullable<Scenario['abort']>;

/** Looks at what ended within the latest window only, so that a good past does not hide a bad present. */
export interface AbortWatch {
  add(sample: Sample): void;
  /** Why the drill must end, or undefined. Times are ms since the load's start, never falling. */
  check(nowMs: number): string | undefined;
}

/** Small against the shortest sensible rule (a second or two), large enough to hold some answers at 10/s. */
const WINDOW_MS = 500;

/**
 * Watches for the scenario's abort condition to hold without a break. A window in which nothing ended
 * changes nothing: while the system hangs there is no answer to judge by until the timeouts come in.
 */
export function createAbortWatch(
  rule: AbortRule,
  { load, availability }: Pick<Scenario, 'load' | 'availability'>,
): AbortWatch {
  const timeoutMs = load.timeoutMs;
  let windowEndMs = WINDOW_MS;
  let window = emptyWindow(timeoutMs, availability);
  let heldSinceMs: number | undefined;
  return {
    add: (sample) => window.add(shift(sample, windowEndMs - WINDOW_MS - timeoutMs)),
    check: (nowMs) => {
      if (nowMs < windowEndMs) return undefined;
      const { kind } = evaluateGate(rule.condition, window);
      const windowStartMs = windowEndMs - WINDOW_MS;
      if (kind === 'pass') heldSinceMs ??= windowStartMs;
      if (kind === 'fail') heldSinceMs = undefined;
      windowEndMs = nowMs + WINDOW_MS;
      window = emptyWindow(timeoutMs, availability);
      if (heldSinceMs === undefined || nowMs - heldSinceMs < rule.forMs) return undefined;
      return `${rule.condition.text} has held for ${Math.round((nowMs - heldSinceMs) / 100) / 10} s`;
    },
  };
}

/** Holds what ended within one window: due at most a timeout before it began. */
function emptyWindow(timeoutMs: number, { sliceMs, downBelow }: Scenario['availability']): Measurement {
  return createMeasurement({
    totalMs: timeoutMs + MOST_LATE_MS,
    warmupUntilMs: 0,
    sliceMs,
    downBelow,
    faults: [],
  });
}

/** A window is looked at late when the event loop is; what comes in meanwhile still belongs to it. */
const MOST_LATE_MS = 60_000;

/** Moves a sample so that the window's own clock starts at 0: its size does not grow with the drill's length. */
function shift(sample: Sample, byMs: number): Sample {
  return {
    ...sample,
    intendedMs: Math.max(0, sample.intendedMs - byMs),
    sentMs: sample.sentMs === undefined ? undefined : Math.max(0, sample.sentMs - byMs),
    endedMs: Math.max(0, sample.endedMs - byMs),
  };
}
