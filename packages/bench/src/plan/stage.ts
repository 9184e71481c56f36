/** A piece of the load. Rates are arrivals per second. */
export type Stage = Timing &
  (
    | { readonly kind: 'constant'; readonly perSecond: number }
    /** The rate changes evenly. */
    | { readonly kind: 'ramp'; readonly fromPerSecond: number; readonly toPerSecond: number }
    /** A staircase: that many equal pieces, the first at one rate, the last at the other. */
    | {
        readonly kind: 'steps';
        readonly fromPerSecond: number;
        readonly toPerSecond: number;
        /** At least 2. */
        readonly steps: number;
      }
    /** One rate but for a burst in the middle of it. */
    | {
        readonly kind: 'spike';
        readonly perSecond: number;
        readonly spikePerSecond: number;
        /** How long the burst lasts; it lies in the middle of the stage. */
        readonly spikeForMs: number;
      }
    /** Arrivals as they were recorded. */
    | { readonly kind: 'replay'; readonly recorded: RecordedArrivals }
  );

interface Timing {
  readonly forMs: number;
  /** Sent like the rest, left out of every figure. Warm-up stages come first. */
  readonly isWarmup: boolean;
}

/** What a file of arrivals says, in the order of time. */
export interface RecordedArrivals {
  /** Milliseconds since the stage's start, never falling, all before its end. */
  readonly timesMs: Float64Array;
  /** The journey of each arrival; empty where the file names none and the mix decides. */
  readonly journeys: readonly string[];
}

/** How arrivals lie in a stage: evenly, or at random as independent customers come (Poisson). */
export const arrivalModes = ['constant', 'poisson'] as const;
export type ArrivalMode = (typeof arrivalModes)[number];

export function totalMsOf(stages: readonly Stage[]): number {
  return stages.reduce((sum, stage) => sum + stage.forMs, 0);
}

/** When the warm-up ends: the length of the warm-up stages at the beginning. */
export function warmupMsOf(stages: readonly Stage[]): number {
  const firstMeasured = stages.findIndex((stage) => !stage.isWarmup);
  return totalMsOf(firstMeasured === -1 ? stages : stages.slice(0, firstMeasured));
}
