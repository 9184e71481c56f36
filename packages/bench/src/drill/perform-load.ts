import { join } from 'node:path';
import { createFaultSession, type FaultRecord } from '@stormcart/chaos';
import { type ClientExchange, type Operation, type SystemObservation, systemClock } from '@stormcart/core';
import { HISTORY_FILE } from '../audit/recorded-run.ts';
import type { GateResult } from '../judge/evaluate-gate.ts';
import { countFromOne } from '../load/requester.ts';
import type { SteeringChange } from '../load/steering.ts';
import { createMeasurement, type Measurement } from '../measure/measurement.ts';
import { createSystemCpu } from '../measure/system-cpu.ts';
import { createPlan, type Plan } from '../plan/plan.ts';
import type { Scenario, ScenarioFault } from '../scenario/scenario.ts';
import type { Stage } from '../stage/stage.ts';
import type { RunFolders } from '../workspace/workspace.ts';
import { createAbortWatch } from './abort-watch.ts';
import { activeFaultsOf } from './active-faults.ts';
import type { DrillEvent } from './drill-event.ts';
import { type EarlyEnd, openEnding } from './ending.ts';
import { followFaults } from './follow-faults.ts';
import { type HandAction, type Hands, openHands } from './hands.ts';
import type { LiveDrill } from './live-drill.ts';
import type { LoadCrew, LoadMaker, MadeLoad } from './load-maker.ts';
import { localLoad } from './local-load.ts';
import { openRecorder } from './recorder.ts';
import { aimAt, startVisitors, targetsOf, type Visited } from './start-visitors.ts';
import { createSteadyCheck } from './steady-check.ts';
import { watchDrill } from './watch-drill.ts';

export interface LoadPhaseOptions {
  readonly scenario: Scenario;
  readonly stage: Stage;
  readonly folders: RunFolders;
  readonly signal: AbortSignal;
  readonly onEvent: (event: DrillEvent) => void;
  readonly onObservation?: (observation: SystemObservation, atMs: number) => void;
  readonly onLive?: (live: LiveDrill) => void;
  /** Who makes the load; this process when absent. */
  readonly loadMaker?: LoadMaker;
}

/** What the load and the faults left to judge. */
export interface Performance {
  /** `systemClock.now()` at the start of the load. */
  readonly zeroMs: number;
  readonly live: LiveDrill;
  readonly load: MadeLoad;
  readonly measurement: Measurement;
  readonly operations: readonly Operation[];
  /** Every request that got a whole answer, the probes' included. */
  readonly exchanges: readonly ClientExchange[];
  readonly faults: readonly FaultRecord[];
  /** What somebody did while it ran. */
  readonly byHand: {
    readonly faults: readonly ScenarioFault[];
    readonly actions: readonly HandAction[];
    readonly steering: readonly SteeringChange[];
  };
  readonly steadyBefore: readonly GateResult[];
  /** Why the load was ended early, if it was: the scenario's abort condition or a missing steady state. */
  readonly endedEarly: EarlyEnd | undefined;
  /** CPU time of the system's processes while it lasted; undefined where it cannot be told. */
  readonly systemCpuMs: number | undefined;
}

/** The load and the faults on one clock, with the system watched meanwhile. Everything is rolled back on return. */
export async function performLoad(options: LoadPhaseOptions): Promise<Performance> {
  const { scenario, stage, folders, signal, loadMaker = localLoad } = options;
  const { load, seed } = scenario;
  const plan = createPlan(load.stages, { seed, arrivals: load.arrivals, mix: load.mix });
  const crew = await loadMaker.muster({
    scenario,
    plan,
    system: stage.system,
    ...aimAt(stage.system),
    runId: folders.runId,
    onNotice: (text) => options.onEvent({ kind: 'notice', text }),
    signal: AbortSignal.any([signal, stage.broken]),
  });
  try {
    return await performWith(crew, plan, options);
  } finally {
    await crew.close();
  }
}

async function performWith(crew: LoadCrew, plan: Plan, options: LoadPhaseOptions): Promise<Performance> {
  const { scenario, stage, folders, onEvent } = options;
  const { zeroMs } = crew;
  const measurement = createMeasurement(measurementOptions(scenario, plan));
  const abortWatch = scenario.abort && createAbortWatch(scenario.abort, scenario);
  const recorder = openRecorder(join(folders.runFolder, HISTORY_FILE), measurement, abortWatch);
  const cpu = createSystemCpu(stage.system.processes);
  await cpu.look();
  const nextOperationIndex = countFromOne();
  const { session, hands } = openFaults(options, {
    measurement,
    recorder,
    crew,
    nextOperationIndex,
  });
  const activeFaults = (): readonly string[] => activeFaultsOf(session);
  const { entryUrl, processes } = stage.system;
  const live: LiveDrill = { scenario, entryUrl, zeroMs, plan, measurement, processes, activeFaults, hands };
  options.onLive?.(live);
  const ending = openEnding(options);
  const steady = createSteadyCheck(scenario, measurement, ending.endEarly);

  onEvent({ kind: 'loadStarted', totalMs: plan.totalMs, arrivals: plan.count });
  const watching = new AbortController();
  const watched = { measurement, zeroMs, session, abortWatch, cpu, totalMs: plan.totalMs };
  const background = watchDrill(options, { ...watched, endEarly: ending.endEarly, signal: watching.signal });
  const shared = { crew, recorder, ending, session, steady, hands, nextOperationIndex };
  const { both, probing } = startVisitors(options, shared);
  try {
    const failure = failureOf(Promise.race([failureOf(background), failureOf(probing.ended)]));
    const [result] = await Promise.race([Promise.all(both), failure]);
    stage.broken.throwIfAborted();
    await cpu.look();
    await session.rollback();
    await hands.settled();
    await probing.ended;
    // A last stage at rate 0 is measured time too.
    measurement.endAt(result.wasAborted ? result.endedMs : plan.totalMs);
    return {
      zeroMs,
      live,
      load: result,
      measurement,
      operations: recorder.operations,
      exchanges: recorder.exchanges,
      faults: session.records(),
      byHand: { faults: hands.faults(), actions: hands.actions(), steering: hands.steering.changes() },
      steadyBefore: steady.results(),
      endedEarly: ending.reason(),
      systemCpuMs: cpu.usedMs(),
    };
  } finally {
    // In this order whatever failed: nothing may still be sending when the recorder closes.
    ending.close();
    await Promise.allSettled(both);
    watching.abort(new Error('the load is over'));
    await session.rollback();
    await Promise.allSettled([background, probing.ended]);
    await recorder.close();
  }
}

/** What breaks things, on a timeline or by hand, and is told of either way. */
function openFaults(
  { scenario, stage, onEvent }: LoadPhaseOptions,
  {
    measurement,
    recorder,
    crew,
    nextOperationIndex,
  }: Pick<Visited, 'recorder' | 'crew' | 'nextOperationIndex'> & { readonly measurement: Measurement },
) {
  const { zeroMs, steeringLeadMs } = crew;
  const session = createFaultSession({
    clock: systemClock,
    ...(stage.guard && { journal: stage.guard.journal }),
  });
  const hands = openHands({
    session,
    targets: targetsOf(stage),
    measurement,
    zeroMs,
    steeringLeadMs,
    onOperation: (operation) => recorder.sink.operation(operation),
    nextOperationIndex,
  });
  followFaults(
    session,
    (id) => faultNamed(scenario, hands, id),
    (event) => {
      const atMs = event.atMs - zeroMs;
      if (event.change === 'applied') measurement.faultApplied(event.id, atMs);
      if (event.change === 'reverted') measurement.faultReverted(event.id, atMs);
      onEvent({ ...event, atMs });
    },
  );
  return { session, hands };
}

function faultNamed(scenario: Scenario, hands: Hands, id: string): ScenarioFault | undefined {
  return [...scenario.faults, ...hands.faults()].find((fault) => fault.id === id);
}

function measurementOptions(
  scenario: Scenario,
  plan: { readonly totalMs: number; readonly warmupUntilMs: number },
) {
  return {
    totalMs: plan.totalMs,
    warmupUntilMs: plan.warmupUntilMs,
    sliceMs: scenario.availability.sliceMs,
    downBelow: scenario.availability.downBelow,
    faults: scenario.faults.map(({ id, atMs, forMs }) => ({ id, startMs: atMs, endMs: atMs + forMs })),
    keepsSamples: [...scenario.gates, ...scenario.steadyState].some(({ windowMs }) => windowMs !== undefined),
  };
}

/** Rejects when the work does, and never resolves: for a race in which only its failure counts. */
function failureOf(work: Promise<unknown>): Promise<never> {
  return work.then(() => new Promise<never>(() => undefined));
}
