import { createFault, type FaultRecord, type FaultSession, type FaultTargets } from '@stormcart/chaos';
import { type Operation, systemClock } from '@stormcart/core';
import type { LoadGauges } from '../load/driver.ts';
import { createSteering, type Steering } from '../load/steering.ts';
import type { Measurement } from '../measure/measurement.ts';
import type { ScenarioFault } from '../scenario/scenario.ts';
import { tellOperations } from './fault-timeline.ts';

/** What people do to a drill while it runs. */
export interface Hands {
  readonly steering: Steering;
  readonly targets: FaultTargets;
  /** How the load goes; undefined before it has begun. */
  readonly gauges: () => LoadGauges | undefined;
  records(): readonly FaultRecord[];
  /** Faults injected by hand, in order; `atMs` is when. */
  faults(): readonly ScenarioFault[];
  /** Injects it now. Throws a usage error when it cannot be made; what goes wrong later is its record's problem. */
  inject(fault: ScenarioFault): void;
  /** False when it is not on. */
  end(id: string): Promise<boolean>;
  /** Writes down what was done, one sentence. */
  note(text: string): void;
  actions(): readonly HandAction[];
}

/** Milliseconds since the load's start. */
export interface HandAction {
  readonly atMs: number;
  readonly text: string;
}

export interface HandsOptions {
  readonly session: FaultSession;
  readonly targets: FaultTargets;
  readonly measurement: Measurement;
  readonly zeroMs: number;
  /** How long it takes until everybody who makes the load has heard of a changed rate. */
  readonly steeringLeadMs: number;
  readonly onOperation: (operation: Operation) => void;
  readonly nextOperationIndex: () => number;
}

/** More than anybody does by hand; a script that does more wants a scenario. */
const ACTIONS_MAX = 10_000;

export function openHands(options: HandsOptions): Hands & {
  readonly onGauges: (gauges: LoadGauges) => void;
  /** Resolves when every fault injected so far has ended. */
  settled(): Promise<void>;
} {
  const { session, targets, measurement, zeroMs } = options;
  const faults: ScenarioFault[] = [];
  const actions: HandAction[] = [];
  const injections: Promise<void>[] = [];
  let gauges: LoadGauges | undefined;
  return {
    steering: createSteering(options.steeringLeadMs),
    targets,
    gauges: () => gauges,
    onGauges: (given) => {
      gauges = given;
    },
    records: () => session.records(),
    faults: () => faults,
    inject: (fault) => {
      const made = createFault({ id: fault.id, ...fault.target }, targets);
      faults.push(fault);
      measurement.faultPlanned({ id: fault.id, startMs: fault.atMs, endMs: fault.atMs + fault.forMs });
      injections.push(
        session.inject(made, fault.forMs).then(() => {
          tellOperations(made, options);
        }),
      );
    },
    end: (id) => session.end(id),
    note: (text) => {
      if (actions.length < ACTIONS_MAX) actions.push({ atMs: systemClock.now() - zeroMs, text });
    },
    actions: () => actions,
    settled: async () => void (await Promise.all(injections)),
  };
}
