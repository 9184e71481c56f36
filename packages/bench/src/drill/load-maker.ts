import type { RunningSystem } from '@stormcart/core';
import type { LoadGauges, LoadResult } from '../load/driver.ts';
import type { Trust } from '../load/http/target.ts';
import type { LoadSink } from '../load/sample.ts';
import type { Steering } from '../load/steering.ts';
import type { Plan } from '../plan/plan.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** Who makes the load of a drill: this process, or agents elsewhere. Everything else of the drill is the same. */
export interface LoadMaker {
  /** Gets ready whoever takes part. Throws what keeps them from it, and the signal's reason. */
  muster(call: LoadCall): Promise<LoadCrew>;
}

export interface LoadCall {
  readonly scenario: Scenario;
  readonly plan: Plan;
  readonly system: RunningSystem;
  readonly target: URL;
  readonly trust?: Trust;
  /** Prefix of the requests' ids. */
  readonly runId: string;
  /** Something worth knowing meanwhile, one sentence. */
  readonly onNotice: (text: string) => void;
  /** Ends the waiting, and whatever it led to. */
  readonly signal: AbortSignal;
}

/** Those who are ready. */
export interface LoadCrew {
  /** `systemClock.now()` at which the load begins, for the faults as well. */
  readonly zeroMs: number;
  /** How long it takes until all of them have heard of a changed rate. */
  readonly steeringLeadMs: number;
  /** Resolves when every planned request has ended and all of them have come to the sink. Is called once. */
  run(work: LoadWork): Promise<MadeLoad>;
  readonly close: () => Promise<void>;
}

export interface LoadWork {
  readonly sink: LoadSink;
  readonly nextOperationIndex: () => number;
  /** Ends the load early. */
  readonly signal: AbortSignal;
  readonly steering: Steering;
  readonly onGauges: (gauges: LoadGauges) => void;
  /** Called once when a part of the load is missing: nothing that is measured from now on can be told. */
  readonly onLost: (reason: string) => void;
}

export interface MadeLoad extends LoadResult {
  /** Given when agents made it. */
  readonly agents?: AgentsOfLoad;
}

export interface AgentsOfLoad {
  /** Those whose part is whole. */
  readonly parts: readonly {
    readonly name: string;
    readonly arrivals: number;
    readonly requests: number;
  }[];
  /** No clock of theirs was further from the common one than this at the start, ms. */
  readonly uncertaintyMs: number;
  /** One sentence for each whose part is missing. */
  readonly lost: readonly string[];
}
