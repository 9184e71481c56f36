import { join } from 'node:path';
import { createFaultSession, type FaultRecord, type FaultSession, type FaultTargets } from '@stormcart/chaos';
import {
  type ClientExchange,
  type Journey,
  type Operation,
  type RunningSystem,
  systemClock,
} from '@stormcart/core';
import { HISTORY_FILE } from '../audit/recorded-run.ts';
import { evaluateGate, type GateResult } from '../judge/evaluate-gate.ts';
import { type LoadResult, runLoad } from '../load/driver.ts';
import { createHistoryWriter } from '../load/history-file.ts';
import type { Trust } from '../load/http/target.ts';
import { countFromOne } from '../load/requester.ts';
import type { LoadSink, Sample } from '../load/sample.ts';
import { createMeasurement, type Measurement } from '../measure/measurement.ts';
import { createPlan, type Plan } from '../plan/plan.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Stage } from '../stage/stage.ts';
import type { RunFolders } from '../workspace/workspace.ts';
import { type AbortWatch, createAbortWatch } from './abort-watch.ts';
import { describeFault } from './describe-fault.ts';
import type { DrillEvent } from './drill-event.ts';
import { runFaultTimeline } from './fault-timeline.ts';
import { type ProbesOptions, runProbes } from './run-probes.ts';
import { watchSystem } from './watch-system.ts';

export interface LoadPhaseOptions {
  readonly scenario: Scenario;
  readonly stage: Stage;
  readonly folders: RunFolders;
  readonly signal: AbortSignal;
  readonly onEvent: (event: DrillEvent) => void;
}

/** What the load and the faults left to judge. */
export interface Performance {
  /** `systemClock.now()` at the start of the load. */
  readonly zeroMs: number;
  readonly load: LoadResult;
  readonly measurement: Measurement;
  readonly operations: readonly Operation[];
  /** Every request that got a whole answer, the probes' included. */
  readonly exchanges: readonly ClientExchange[];
  readonly faults: readonly FaultRecord[];
  readonly steadyBefore: readonly GateResult[];
  /** Why the load was ended early, if it was: the scenario's abort condition or a missing steady state. */
  readonly endedEarly: EarlyEnd | undefined;
}

/** The scenario's abort condition held, or the steady state was missing before the first fault. */
export interface EarlyEnd {
  readonly kind: 'abort' | 'steadyState';
  readonly reason: string;
}

/** Between planning and the first arrival, so that the first one is not late already. */
const LEAD_MS = 50;
const TICK_EVERY_MS = 250;

/** The load and the faults on one clock, with the system watched meanwhile. Everything is rolled back on return. */
export async function performLoad(options: LoadPhaseOptions): Promise<Performance> {
  const { scenario, stage, folders, onEvent } = options;
  const { load, seed } = scenario;
  const plan = createPlan(load.stages, { seed, arrivals: load.arrivals, mix: load.mix });
  const measurement = createMeasurement(measurementOptions(scenario, plan));
  const abortWatch = scenario.abort && createAbortWatch(scenario.abort, scenario);
  const recorder = openRecorder(join(folders.runFolder, HISTORY_FILE), measurement, abortWatch);
  const session = createFaultSession({ clock: systemClock });
  const zeroMs = systemClock.now() + LEAD_MS;
  followFaults(session, scenario, (event) => {
    const atMs = event.atMs - zeroMs;
    if (event.change === 'applied') measurement.faultApplied(event.id, atMs);
    if (event.change === 'reverted') measurement.faultReverted(event.id, atMs);
    onEvent({ ...event, atMs });
  });
  const ending = openEnding(options);
  const steady = createSteadyCheck(scenario, measurement, ending.endEarly);

  onEvent({ kind: 'loadStarted', totalMs: plan.totalMs, arrivals: plan.count });
  const watching = new AbortController();
  const watched = { measurement, zeroMs, session, abortWatch, totalMs: plan.totalMs };
  const background = watchAll(options, { ...watched, endEarly: ending.endEarly, signal: watching.signal });
  const { both, probing } = startVisitors(options, { plan, zeroMs, recorder, ending, session, steady });
  try {
    const failure = failureOf(Promise.race([failureOf(background), failureOf(probing.ended)]));
    const [result] = await Promise.race([Promise.all(both), failure]);
    stage.broken.throwIfAborted();
    await session.rollback();
    await probing.ended;
    // A last stage at rate 0 is measured time too.
    measurement.endAt(result.wasAborted ? result.endedMs : plan.totalMs);
    return {
      zeroMs,
      load: result,
      measurement,
      operations: recorder.operations,
      exchanges: recorder.exchanges,
      faults: session.records(),
      steadyBefore: steady.results(),
      endedEarly: ending.reason(),
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

interface Visited {
  readonly plan: Plan;
  readonly zeroMs: number;
  readonly recorder: Recorder;
  readonly ending: Ending;
  readonly session: FaultSession;
  readonly steady: SteadyCheck;
}

/** Sets off what runs side by side: the load, the probes beside it, and the faults. */
function startVisitors({ scenario, stage, folders }: LoadPhaseOptions, visited: Visited) {
  const { plan, zeroMs, recorder, ending, session, steady } = visited;
  const { load, seed } = scenario;
  const shared = {
    ...aimAt(stage.system),
    seed,
    runId: folders.runId,
    zeroMs,
    timeoutMs: load.timeoutMs,
    nextOperationIndex: countFromOne(),
  };
  const probing = startProbes(stage.system.probes, shared, recorder, ending);
  const both = [
    runLoad({
      ...shared,
      plan,
      journeys: stage.system.journeys,
      maxInFlight: load.maxInFlight,
      signal: ending.signal,
      sink: recorder.sink,
    }).finally(() => probing.stop()),
    runFaultTimeline({
      faults: scenario.faults,
      session,
      targets: targetsOf(stage),
      zeroMs,
      signal: ending.signal,
      isSteady: steady.check,
    }),
  ] as const;
  return { both, probing };
}

/** A system that brings its own authority is trusted by that one alone. */
function aimAt(system: RunningSystem): { readonly target: URL; readonly trust?: Trust } {
  const { entryUrl, certificateAuthority } = system;
  const target = new URL(entryUrl);
  if (certificateAuthority === undefined) return { target };
  return { target, trust: { kind: 'authority', certificate: certificateAuthority.certificate } };
}

type SharedByVisitors = Omit<ProbesOptions, 'journey' | 'sink' | 'signal'>;

/** Tries the system's probes beside the load until that ends. A probe that throws ends the load, like a journey. */
function startProbes(
  journey: Journey | undefined,
  shared: SharedByVisitors,
  recorder: Recorder,
  ending: Ending,
): { readonly ended: Promise<void>; readonly stop: () => void } {
  if (journey === undefined) return { ended: Promise.resolve(), stop: () => undefined };
  const over = new AbortController();
  const signal = AbortSignal.any([ending.signal, over.signal]);
  const ended = runProbes({ ...shared, journey, sink: recorder.probeSink, signal });
  // Whoever waits for the probes hears of their failure; until then it is nobody's.
  ended.catch(() => undefined);
  return { ended, stop: () => over.abort(new Error('the load is over')) };
}

/** Rejects when the work does, and never resolves: for a race in which only its failure counts. */
function failureOf(work: Promise<unknown>): Promise<never> {
  return work.then(() => new Promise<never>(() => undefined));
}

interface Recorder {
  readonly sink: LoadSink;
  /** The probes' requests are no part of what is measured. */
  readonly probeSink: LoadSink;
  readonly operations: readonly Operation[];
  readonly exchanges: readonly ClientExchange[];
  close(): Promise<void>;
}

/** Every sample is measured, every operation kept for the audit and written down. */
function openRecorder(file: string, measurement: Measurement, abortWatch: AbortWatch | undefined): Recorder {
  const history = createHistoryWriter(file);
  const operations: Operation[] = [];
  const exchanges: ClientExchange[] = [];
  const keep = ({ requestId, status }: Sample): void => {
    if (requestId !== undefined && status !== undefined) exchanges.push({ requestId, status });
  };
  const operation = (done: Operation): void => {
    operations.push(done);
    history.write(done);
  };
  return {
    operations,
    exchanges,
    sink: {
      sample: (sample) => {
        measurement.add(sample);
        abortWatch?.add(sample);
        keep(sample);
      },
      operation,
    },
    probeSink: { sample: keep, operation },
    close: () => history.close(),
  };
}

interface Ending {
  /** Aborted when the load must stop, for whatever reason. */
  readonly signal: AbortSignal;
  readonly endEarly: (end: EarlyEnd) => void;
  /** Why it ended early; undefined when it did not. */
  readonly reason: () => EarlyEnd | undefined;
  readonly close: () => void;
}

function openEnding({ signal, stage, onEvent }: LoadPhaseOptions): Ending {
  const controller = new AbortController();
  let reason: EarlyEnd | undefined;
  return {
    signal: AbortSignal.any([signal, stage.broken, controller.signal]),
    endEarly: (end) => {
      reason ??= end;
      onEvent({ kind: 'notice', text: end.reason });
      controller.abort(new Error(end.reason));
    },
    reason: () => reason,
    close: () => controller.abort(new Error('the load is over')),
  };
}

interface SteadyCheck {
  /** False when the system was not in its steady state; the load ends then. */
  readonly check: () => boolean;
  readonly results: () => readonly GateResult[];
}

function createSteadyCheck(
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
  };
}

function targetsOf({ system, faultProxy, proxies, httpProxies }: Stage): FaultTargets {
  return {
    proxies,
    httpProxies,
    faultProxy,
    switches: new Map(system.switches?.map((each) => [each.name, each])),
    processes: new Map(system.processes.map((process) => [process.name, process])),
  };
}

interface Watched {
  readonly measurement: Measurement;
  readonly zeroMs: number;
  readonly totalMs: number;
  readonly session: FaultSession;
  readonly abortWatch: AbortWatch | undefined;
  readonly endEarly: (end: EarlyEnd) => void;
  readonly signal: AbortSignal;
}

async function watchAll({ stage, onEvent }: LoadPhaseOptions, watched: Watched): Promise<void> {
  const { measurement, zeroMs, session, abortWatch, signal, endEarly, totalMs } = watched;
  const tick = async (): Promise<void> => {
    while (!signal.aborted) {
      const abortReason = abortWatch?.check(systemClock.now() - zeroMs);
      if (abortReason !== undefined) endEarly({ kind: 'abort', reason: abortReason });
      onEvent({
        kind: 'tick',
        atMs: systemClock.now() - zeroMs,
        totalMs,
        ledger: measurement.ledger(),
        activeFaults: session
          .records()
          .filter(({ appliedMs, revertedMs }) => appliedMs !== undefined && revertedMs === undefined)
          .map(({ id }) => id),
      });
      await systemClock.sleep(TICK_EVERY_MS, signal).catch(() => undefined);
    }
  };
  await Promise.all([
    tick(),
    watchSystem(stage.system, (observation, atMs) => measurement.observe(observation, atMs - zeroMs), signal),
  ]);
}

type FaultNews = Extract<DrillEvent, { readonly kind: 'fault' }>;

/** Tells of each fault's beginning and end; `atMs` is the session clock's. */
function followFaults(session: FaultSession, scenario: Scenario, onNews: (news: FaultNews) => void): void {
  const words = new Map(scenario.faults.map((fault) => [fault.id, describeFault(fault.target)]));
  session.onEvent(({ kind, id, atMs, problem }) => {
    if (kind === 'verified') return;
    const what = words.get(id) ?? '';
    onNews({ kind: 'fault', id, what, change: kind, atMs, ...(problem === undefined ? {} : { problem }) });
  });
}
