import { runLoad } from '../../src/load/driver.ts';
import { singleRequest } from '../../src/load/single-request.ts';
import { createMeasurement, type Measurement } from '../../src/measure/measurement.ts';
import { createPlan, type Plan } from '../../src/plan/plan.ts';

export interface OpenLoopResult {
  readonly requests: number;
  readonly slipMsP99: number;
  readonly plan: Plan;
  readonly measurement: Measurement;
}

/** As `stormcart load` runs it, measurement included. Throws when an answer is missing: then it is no figure. */
export async function runOpenLoop(
  url: URL,
  perSecond: number,
  forMs: number,
  signal: AbortSignal = new AbortController().signal,
): Promise<OpenLoopResult> {
  const journey = singleRequest(url);
  const plan = createPlan([{ kind: 'constant', forMs, perSecond, isWarmup: false }], {
    seed: 1,
    arrivals: 'constant',
    mix: { [journey.name]: 1 },
  });
  const measurement = createMeasurement({
    totalMs: plan.totalMs,
    warmupUntilMs: 0,
    sliceMs: 200,
    downBelow: 0.95,
    faults: [],
  });
  const { ledger, selfCheck } = await runLoad({
    plan,
    journeys: [journey],
    target: url,
    seed: 1,
    runId: 'load',
    signal,
    sink: { sample: (sample) => measurement.add(sample), operation: () => undefined },
  });
  if (ledger.ok !== ledger.planned && !signal.aborted) {
    throw new Error(`${ledger.planned - ledger.ok} of ${ledger.planned} requests failed`);
  }
  return { requests: ledger.ok, slipMsP99: selfCheck.figures.slipMsP99 ?? 0, plan, measurement };
}
