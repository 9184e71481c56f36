import type { SystemProcess } from '@stormcart/core';
import type { Measurement } from '../measure/measurement.ts';
import type { Plan } from '../plan/plan.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Hands } from './hands.ts';

/** What can be asked of a drill from the start of its load on. */
export interface LiveDrill {
  readonly scenario: Scenario;
  /** Where the load goes. */
  readonly entryUrl: string;
  /** `systemClock.now()` at the start of the load. */
  readonly zeroMs: number;
  readonly plan: Plan;
  readonly measurement: Measurement;
  readonly processes: readonly Pick<SystemProcess, 'name' | 'state'>[];
  readonly activeFaults: () => readonly string[];
  readonly hands: Hands;
}
