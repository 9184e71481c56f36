import type { Figures, WindowFigures } from './figures.ts';
import type { Labels, Operator } from './gate.ts';
import { type Metric, type Reading, unknown } from './metric/metric.ts';

/** The figure that decides a gate over windows, and where it was. */
export interface WorstWindow {
  readonly reading: Reading;
  /** `worst of 36 windows, 12.4 s to 22.4 s`, for reasons; undefined where there was none. */
  readonly where?: string;
}

/**
 * A gate over windows holds when it holds in the worst of them. Windows without a planned request say nothing; if none
 * says anything, nobody knows.
 */
export function worstWindow(
  metric: Metric,
  labels: Labels,
  operator: Operator,
  limit: number,
  figures: Figures,
  windowMs: number,
): WorstWindow {
  const windows = figures.windows(windowMs);
  if (windows === undefined) {
    return { reading: unknown('too many requests were planned to keep each for windows') };
  }
  let worst: { readonly value: number; readonly window: WindowFigures } | undefined;
  let toldCount = 0;
  let reason = 'measured time was shorter than one window';
  for (const window of windows) {
    const reading = metric.read(labels, { ...figures, ...window.figures });
    if (reading.kind === 'unknown') {
      reason = `in every window ${reading.reason}`;
      continue;
    }
    toldCount += 1;
    const { value } = reading;
    if (worst === undefined || isWorse(value, worst.value, operator, limit)) worst = { value, window };
  }
  if (worst === undefined) return { reading: unknown(reason) };
  const { startMs, endMs } = worst.window;
  return {
    reading: { kind: 'measured', value: worst.value },
    where: `worst of ${toldCount} windows, ${inSeconds(startMs)} to ${inSeconds(endMs)}`,
  };
}

/** Further away from what the gate wants. */
function isWorse(value: number, than: number, operator: Operator, limit: number): boolean {
  switch (operator) {
    case '<':
    case '<=':
      return value > than;
    case '>':
    case '>=':
      return value < than;
    case '==':
      return Math.abs(value - limit) > Math.abs(than - limit);
  }
}

function inSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
