import type { Unit } from '@stormcart/core';
import type { RunFigures } from '../run/run-figures.ts';

/** What one run says about a metric. */
export interface MetricValue {
  readonly value: number;
  /** What the value can be off by for want of finer units: one request of a share, one slice. In the metric's unit. */
  readonly resolution: number;
}

/**
 * How two values compare. `ratio`: by the logarithm of head over base, because what slows a machine down slows
 * everything by a factor. `difference`: by head minus base, where 0 (or 100 %) is what one hopes to see and a ratio
 * would be infinite or blind.
 */
export type Scale = 'ratio' | 'difference';

/** One figure of a run that comparisons judge. */
export interface ComparedMetric {
  /** As `--metric` names it. */
  readonly name: string;
  readonly about: string;
  readonly scale: Scale;
  readonly better: 'lower' | 'higher';
  /** Changes smaller than this count as none. A fraction of the value for ratios, else in the metric's unit. */
  readonly minEffect: number;
  /** How a minimum effect is written: a share for ratios and shares, else a duration. */
  readonly effectUnit: Unit;
  /** Judged when nobody says which metrics are. */
  readonly isUsual: boolean;
  /** By what it is about: one entry `''` for most, one per fault where faults tell. Empty: not measured. */
  read(figures: RunFigures): ReadonlyMap<string, MetricValue>;
  /** For people, in the metric's own unit. */
  format(value: number): string;
}
