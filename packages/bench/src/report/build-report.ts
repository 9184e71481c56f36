import type { FaultRecord } from '@stormcart/chaos';
import type { ChildEvent } from '@stormcart/core';
import { describeFault } from '../drill/describe-fault.ts';
import type { DrillRecord } from '../drill/drill.ts';
import { evaluateGate } from '../judge/evaluate-gate.ts';
import type { FigureFilter } from '../judge/figures.ts';
import { decideVerdict } from '../judge/verdict.ts';
import { REQUEST_OUTCOMES } from '../load/ledger.ts';
import type { Measurement } from '../measure/measurement.ts';
import { totalMsOf } from '../plan/stage.ts';
import type { ScenarioFault } from '../scenario/scenario.ts';
import { scenarioContent } from '../scenario/scenario-content.ts';
import { buildSeries } from './build-series.ts';
import { readQuantiles } from './read-quantiles.ts';
import type { Report, ReportAvailability, ReportCell, ReportFault, ReportGate } from './report.ts';

/** Some processes in a crash loop for hours must not fill the report; the first events are those that explain a drill. */
const PROCESS_EVENTS_MAX = 2_000;

/** Puts everything that a drill found into one plain value; decides the verdict on the way. */
export function buildReport(record: DrillRecord): Report {
  const { options, performance } = record;
  const { scenario } = options;
  const { measurement, load } = performance;
  const steadyState = steadyStateOf(record);
  const gates = scenario.gates.map((gate) => evaluateGate(gate, measurement));
  return {
    format: 'stormcart-report',
    version: 1,
    scenario: scenarioOf(record),
    startedAt: record.startedAt.toISOString(),
    tookMs: record.tookMs,
    ...verdictOf(record, steadyState, gates),
    ...(performance.endedEarly === undefined ? {} : { endedEarly: performance.endedEarly }),
    boot: { tookMs: record.stage.bootMs, steps: record.stage.bootSteps },
    load: loadOf(record),
    availability: availabilityOf(record),
    faults: faultsOf(record),
    ...byHandOf(record),
    phases: phasesOf(record).map((name) => cellOf(name, { during: name }, measurement)),
    routes: routesOf(record).map((name) => cellOf(name, { route: name }, measurement)),
    series: buildSeries(measurement.series(), performance.live.plan),
    breakers: measurement.breakers(),
    processEvents: record.processEvents
      .slice(0, PROCESS_EVENTS_MAX)
      .map((event) => processEventOf(event, performance.zeroMs)),
    steadyState,
    gates,
    audit: {
      isDrained: record.audit.drain.isDrained,
      drainedAfterMs: record.audit.drainedAfterMs,
      remaining: record.audit.drain.remaining,
      operationsCount: record.audit.operationsCount,
      invariants: record.audit.results,
    },
    generator: load.selfCheck,
    ...(load.agents === undefined ? {} : { agents: load.agents }),
    ...(performance.systemCpuMs === undefined ? {} : { cpu: { systemMs: performance.systemCpuMs } }),
    environment: record.environment,
    again: options.again,
  };
}

function scenarioOf({ options: { scenario } }: DrillRecord): Report['scenario'] {
  const { name, file, about, hypothesis, seed, scale, config } = scenario;
  return { name, file, about, hypothesis, seed, scale, ...config, content: scenarioContent(scenario) };
}

function steadyStateOf(record: DrillRecord): readonly ReportGate[] {
  const {
    options: { scenario },
    performance,
  } = record;
  const { measurement, steadyBefore, endedEarly } = performance;
  const before = steadyBefore.map((gate) => ({ ...gate, when: 'before the first fault' as const }));
  // Without faults there is no "after them": the whole measured time is the end. Ended early, there is no end.
  const during = allFaults(record).length === 0 ? 'baseline' : 'recovery';
  const after =
    endedEarly === undefined
      ? scenario.steadyState.map((gate) => ({
          ...evaluateGate(gate, measurement, during),
          when: 'at the end' as const,
        }))
      : [];
  return [...before, ...after];
}

function verdictOf(
  record: DrillRecord,
  steadyState: readonly ReportGate[],
  gates: readonly ReportGate[],
): Pick<Report, 'verdict' | 'reasons' | 'exitCode'> {
  const { options, performance, audit, interruption } = record;
  if (interruption !== undefined) {
    return { verdict: 'interrupted', reasons: [interruption.message], exitCode: interruption.exitCode };
  }
  const decided = decideVerdict({
    gates,
    steadyState: steadyState.map((gate) => ({ ...gate, when: gate.when ?? 'at the end' })),
    invariants: audit.results,
    faults: [
      ...options.scenario.faults.map(({ id }) => ({
        id,
        ...faultEvidence(performance.faults.find((fault) => fault.id === id)),
      })),
      // What was tried by hand and hit nothing leaves nothing open that the scenario asked.
      ...performance.byHand.faults.flatMap(({ id }) => {
        const evidence = faultEvidence(performance.faults.find((fault) => fault.id === id));
        return evidence.problem === undefined
          ? []
          : [{ id, ...evidence, hitCount: Math.max(1, evidence.hitCount) }];
      }),
    ],
    unsettled: audit.drain.isDrained ? [] : audit.drain.remaining,
    generator: performance.load.selfCheck,
    ...(performance.load.agents === undefined ? {} : { lost: performance.load.agents.lost }),
    droppedCount: performance.load.ledger.dropped,
    measuredCount: performance.measurement.count('planned', {}),
    // A missing steady state speaks for itself through its gates.
    ...(performance.endedEarly?.kind === 'abort' ? { aborted: performance.endedEarly } : {}),
  });
  return { ...decided, exitCode: EXIT_CODES[decided.verdict] };
}

function faultEvidence(fault: FaultRecord | undefined): {
  readonly hitCount: number;
  readonly problem?: string;
} {
  if (fault?.appliedMs === undefined) return { hitCount: 0 };
  const problem = fault.problem ?? (fault.isVerified ? undefined : 'its end could not be verified');
  return { hitCount: fault.hits, ...(problem === undefined ? {} : { problem }) };
}

const EXIT_CODES = { pass: 0, fail: 1, inconclusive: 3 } as const;

function loadOf({ options: { scenario }, performance }: DrillRecord): Report['load'] {
  const { measurement, load } = performance;
  const latency = readQuantiles((quantile) => measurement.latencyMs(quantile, {}));
  const latencyFromSend = readQuantiles((quantile) => measurement.latencyFromSendMs(quantile, {}));
  return {
    totalMs: load.wasAborted ? load.endedMs : totalMsOf(scenario.load.stages),
    measuredMs: measurement.measuredMs({}),
    arrivals: load.selfCheck.figures.arrivals,
    ledger: load.ledger,
    ...(latency === undefined ? {} : { latency }),
    ...(latencyFromSend === undefined ? {} : { latencyFromSend }),
  };
}

function availabilityOf({ options: { scenario }, performance }: DrillRecord): ReportAvailability {
  const { measurement } = performance;
  const { sliceMs, downBelow, objective } = scenario.availability;
  const fraction = measurement.availability();
  const planned = measurement.count('planned', {});
  const track = measurement.slices();
  const budget = objective === undefined ? undefined : measurement.errorBudget(objective).usedShare;
  return {
    ...(fraction === undefined ? {} : { fraction }),
    ...(planned === 0 ? {} : { successFraction: measurement.count('ok', {}) / planned }),
    sliceMs,
    downBelow,
    ...(objective === undefined ? {} : { objective }),
    slices: track.up.map((isUp) => (isUp ? '+' : '-')).join(''),
    slicesStartMs: track.startMs,
    downMs: measurement.downtimeMs(),
    outages: measurement.outages(),
    ...(budget === undefined ? {} : { errorBudgetUsed: budget }),
  };
}

/** Those of the scenario, and those that somebody injected by hand. */
function allFaults({ options, performance }: DrillRecord): readonly ScenarioFault[] {
  return [...options.scenario.faults, ...performance.byHand.faults];
}

function byHandOf({ performance: { byHand } }: DrillRecord): Pick<Report, 'byHand'> {
  const { actions, faults, steering } = byHand;
  return actions.length === 0 ? {} : { byHand: { actions, faults: faults.map(({ id }) => id), steering } };
}

function faultsOf(record: DrillRecord): readonly ReportFault[] {
  const { performance } = record;
  const { measurement, zeroMs } = performance;
  return allFaults(record).map((fault) => {
    const found = performance.faults.find(({ id }) => id === fault.id);
    const recovery = found?.appliedMs === undefined ? undefined : measurement.recoveryMs(fault.id);
    return {
      id: fault.id,
      what: describeFault(fault.target),
      plannedAtMs: fault.atMs,
      plannedForMs: fault.forMs,
      ...(found?.appliedMs === undefined ? {} : { appliedMs: found.appliedMs - zeroMs }),
      ...(found?.revertedMs === undefined ? {} : { revertedMs: found.revertedMs - zeroMs }),
      hits: found?.hits ?? 0,
      isVerified: found?.isVerified ?? false,
      ...(found?.problem === undefined ? {} : { problem: found.problem }),
      during: cellOf(fault.id, { during: fault.id }, measurement),
      ...(recovery?.fromStartMs === undefined ? {} : { recoveryFromStartMs: recovery.fromStartMs }),
      ...(recovery?.fromEndMs === undefined ? {} : { recoveryFromEndMs: recovery.fromEndMs }),
    };
  });
}

function phasesOf(record: DrillRecord): readonly string[] {
  const faults = allFaults(record);
  return ['warmup', 'baseline', ...faults.map(({ id }) => id), ...(faults.length > 0 ? ['recovery'] : [])];
}

function routesOf({ options: { scenario }, journeys }: DrillRecord): readonly string[] {
  const used = journeys.filter(({ name }) => (scenario.load.mix[name] ?? 0) > 0);
  return [...new Set(used.flatMap(({ routes }) => routes))];
}

function cellOf(name: string, filter: FigureFilter, measurement: Measurement): ReportCell {
  const planned = measurement.count('planned', filter);
  const latency = readQuantiles((quantile) => measurement.latencyMs(quantile, filter));
  const outcomes = Object.fromEntries(
    REQUEST_OUTCOMES.map((outcome) => [outcome, measurement.count(outcome, filter)]),
  ) as ReportCell['outcomes'];
  return {
    name,
    planned,
    outcomes,
    ...(planned === 0 ? {} : { successFraction: outcomes.ok / planned }),
    ...(latency === undefined ? {} : { latency }),
  };
}

function processEventOf(
  { name, state, atMs, reason }: ChildEvent,
  zeroMs: number,
): Report['processEvents'][number] {
  return { atMs: atMs - zeroMs, name, state, ...(reason === undefined ? {} : { reason }) };
}
