import { recordedCurve } from './recorded-curve.ts';
import type { Stage } from './stage.ts';

/** The rate over a stretch of time and its integral. Times are milliseconds since the stretch's start. */
export interface Curve {
  readonly forMs: number;
  /** How many arrivals the rate adds up to. */
  readonly total: number;
  /** Arrivals per second. */
  rateAt(ms: number): number;
  /** The integral of the rate from 0 to this time. */
  countUntil(ms: number): number;
  /** The inverse of `countUntil`: the time at which the integral reaches this count, below `total`. */
  timeOf(count: number): number;
}

/** A stage as curves, one after the other. */
export function curvesOf(stage: Stage): readonly Curve[] {
  const { forMs } = stage;
  switch (stage.kind) {
    case 'constant':
      return [linearCurve(forMs, stage.perSecond, stage.perSecond)];
    case 'ramp':
      return [linearCurve(forMs, stage.fromPerSecond, stage.toPerSecond)];
    case 'steps': {
      const { steps, fromPerSecond, toPerSecond } = stage;
      return Array.from({ length: steps }, (_, step) => {
        const perSecond = fromPerSecond + ((toPerSecond - fromPerSecond) * step) / (steps - 1);
        return linearCurve(forMs / steps, perSecond, perSecond);
      });
    }
    case 'spike': {
      const { perSecond, spikePerSecond, spikeForMs } = stage;
      const calm = linearCurve((forMs - spikeForMs) / 2, perSecond, perSecond);
      return [calm, linearCurve(spikeForMs, spikePerSecond, spikePerSecond), calm];
    }
    case 'replay':
      return [recordedCurve(forMs, stage.recorded.timesMs)];
  }
}

/** A rate that stays, or changes evenly, in closed form: nothing is stored per arrival. */
function linearCurve(forMs: number, from: number, to: number): Curve {
  /** Change of the rate, per second and second. */
  const slope = forMs === 0 ? 0 : (to - from) / (forMs / 1_000);
  return {
    forMs,
    total: ((from + to) / 2) * (forMs / 1_000),
    rateAt: (ms) => from + (slope * ms) / 1_000,
    countUntil: (ms) => {
      const seconds = ms / 1_000;
      return from * seconds + (slope * seconds * seconds) / 2;
    },
    // The quadratic solved in the form that does not cancel, so that it also serves a slope of 0 and a rate
    // that starts at 0.
    timeOf: (count) => {
      if (count === 0) return 0;
      const root = Math.sqrt(Math.max(0, from ** 2 + 2 * slope * count));
      return ((2 * count) / (from + root)) * 1_000;
    },
  };
}
