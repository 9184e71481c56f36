/** A piece of the load. Rates are arrivals per second; steps and spikes are stages like any other. */
export type Stage =
  | {
      readonly kind: 'constant';
      readonly forMs: number;
      readonly perSecond: number;
      /** Sent like the rest, left out of every figure. Warm-up stages come first. */
      readonly isWarmup: boolean;
    }
  | {
      readonly kind: 'ramp';
      readonly forMs: number;
      readonly fromPerSecond: number;
      readonly toPerSecond: number;
      readonly isWarmup: boolean;
    };

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
