import { evaluateGate, type GateResult } from '../judge/evaluate-gate.ts';
import type { Measurement } from '../measure/measurement.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { EarlyEnd } from './ending.ts';

/** Whether the system was well before the first fault; a system that was not tells nothing about faults. */
export interface SteadyCheck {
  /** False when the system was not in its steady state; the load ends then. */
  readonly check: () => boolean;
  readonly results: () => readonly GateResult[];
}

export function createSteadyCheck(
  { steadyState }: Scenario,
  measurement: Measurement,
  endEarly: (end: EarlyEnd) => void,
): SteadyCheck {
  let results: readonly GateResult[] = [];
  return {
    check: () => {
      results = steadyState.map((gate) => evaluateGate(gate, measurement, 'baseline'));
      const missed = results.find(({ kind }) => kind === 'fail');
      if (missed !== undefined) {
        const reason = `not in its steady state before the first fault: ${missed.reason}`;
        endEarly({ kind: 'steadyState', reason });
      }
      return missed === undefined;
    },
    results: () => results,
  };
}
