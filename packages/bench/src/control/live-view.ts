import { basename } from 'node:path';
import { type RunningSystem, type SystemObservation, systemClock } from '@stormcart/core';
import type { DrillEvent } from '../drill/drill-event.ts';
import type { LiveDrill } from '../drill/live-drill.ts';
import { createLedger } from '../load/ledger.ts';
import type { Outage } from '../measure/availability.ts';
import { phasesAt } from '../measure/phase.ts';
import type { Report } from '../report/report.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { DrillStage, DrillState, GateState, SecondState } from './drill-state.ts';
import { faultStates } from './fault-state.ts';
import { gateState } from './gate-state.ts';
import { createLiveRows, type LiveRows } from './live-rows.ts';
import type { LogBook } from './log-book.ts';
import { logLineOf } from './log-line.ts';
import { createOutageNews } from './outage-news.ts';
import { createSecondsShown } from './seconds-shown.ts';

/** Puts together what is told of a drill, from the drill's own news. Asking changes nothing that is measured. */
export interface LiveView {
  readonly onEvent: (event: DrillEvent) => void;
  readonly onBooted: (system: RunningSystem) => void;
  readonly onObservation: (observation: SystemObservation, atMs: number) => void;
  readonly onLive: (live: LiveDrill) => void;
  readonly judged: (report: Report) => void;
  readonly live: () => LiveDrill | undefined;
  readonly rows: () => LiveRows;
  readonly state: () => DrillState;
}

export function createLiveView(runFolder: string, scenario: Scenario, log: LogBook): LiveView {
  let live: LiveDrill | undefined;
  let stage: DrillStage = 'booting';
  let rows = createLiveRows([], []);
  let entryUrl = '';
  let totalMs = 0;
  let report: Report | undefined;
  const seconds = createSecondsShown();
  const outages = createOutageNews();
  const nowMs = (): number => (live === undefined ? 0 : systemClock.now() - live.zeroMs);

  const state = (): DrillState => {
    const atMs = report === undefined ? nowMs() : report.load.totalMs;
    const shown = live === undefined ? [] : seconds(live.measurement, atMs);
    return stateOf(
      { run: basename(runFolder), scenario, stage, atMs, totalMs, entryUrl, live, report, rows },
      shown,
    );
  };

  return {
    live: () => live,
    rows: () => rows,
    state,
    onBooted: (system) => {
      rows = createLiveRows(system.processes, system.stores);
      entryUrl = system.entryUrl;
    },
    onObservation: (observation, atMs) => {
      rows.observe(observation, atMs);
      for (const line of live === undefined ? [] : outages(live.measurement))
        log.write('outage', line.atMs, line.text);
      for (const { process, breaker, atMs: changedMs, to } of rows.news()) {
        log.write('breaker', changedMs, `${process}: ${breaker} is ${BREAKER_WORDS[to]}`);
      }
    },
    onLive: (now) => {
      live = now;
      totalMs = now.plan.totalMs;
      stage = 'load';
    },
    judged: (judged) => {
      report = judged;
      stage = 'over';
    },
    onEvent: (event) => {
      if (event.kind === 'draining') stage = 'draining';
      if (event.kind === 'auditing') stage = 'auditing';
      const line = logLineOf(event, nowMs(), live);
      if (line !== undefined) log.write(line.kind, line.atMs, line.text);
    },
  };
}

interface Known {
  readonly run: string;
  readonly scenario: Scenario;
  readonly stage: DrillStage;
  readonly atMs: number;
  readonly totalMs: number;
  readonly entryUrl: string;
  readonly live: LiveDrill | undefined;
  readonly report: Report | undefined;
  readonly rows: LiveRows;
}

function stateOf(known: Known, seconds: readonly SecondState[]): DrillState {
  const { run, scenario, stage, atMs, totalMs, entryUrl, live, report, rows } = known;
  const { name, about, hypothesis, seed, availability } = scenario;
  const gates = scenario.gates.map((gate) => gateState(gate, live?.measurement));
  const share = live?.measurement.availability();
  return {
    run,
    scenario: { name, about, hypothesis, seed },
    stage,
    ...(live !== undefined && stage === 'load' && { phase: phaseOf(live, atMs) }),
    atMs,
    totalMs,
    entryUrl,
    load: loadState(live, stage === 'load' ? atMs : undefined),
    ledger: live?.measurement.ledger() ?? createLedger().totals(),
    ...(share === undefined ? {} : { availability: share }),
    ...(availability.objective === undefined ? {} : { objective: availability.objective }),
    outages: live?.measurement.outages().map(outageState) ?? [],
    faults: faultStates(scenario, live),
    gates,
    rows: rows.rows(atMs),
    seconds,
    verdict: verdictState(report, gates),
  };
}

function verdictState(report: Report | undefined, gates: readonly GateState[]): DrillState['verdict'] {
  if (report === undefined) {
    return { kind: 'undecided', reasons: gates.filter(({ kind }) => kind === 'fail').map(reasonOf) };
  }
  const { verdict, reasons } = report;
  return { kind: verdict === 'interrupted' ? 'inconclusive' : verdict, reasons };
}

const BREAKER_WORDS = { closed: 'closed', open: 'open', halfOpen: 'half open' } as const;

function phaseOf({ measurement, plan, scenario }: LiveDrill, atMs: number): string {
  const timeline = {
    warmupUntilMs: plan.warmupUntilMs,
    endMs: Number.POSITIVE_INFINITY,
    faults: measurement.faultWindows(),
  };
  return phasesAt(atMs, timeline)[0] ?? scenario.name;
}

function loadState(live: LiveDrill | undefined, atMs: number | undefined): DrillState['load'] {
  const gauges = live?.hands.gauges();
  const slipMsP99 = gauges?.slipMsP99();
  const told = {
    inFlight: gauges?.inFlight() ?? 0,
    ...(slipMsP99 === undefined ? {} : { slipMsP99 }),
  };
  if (live === undefined || atMs === undefined) {
    return { isPaused: false, factor: 1, plannedPerSecond: 0, ...told };
  }
  const { steering } = live.hands;
  const factor = steering.factor();
  return {
    isPaused: factor === 0,
    factor: factor === 0 ? (steering.changes().findLast((change) => change.factor > 0)?.factor ?? 1) : factor,
    plannedPerSecond: live.plan.rateAt(atMs) * factor,
    ...told,
  };
}

function outageState({ startMs, endMs, faults: [fault] }: Outage) {
  return { startMs, endMs, ...(fault === undefined ? {} : { fault }) };
}

function reasonOf({ text, measuredText }: GateState): string {
  return `${text}: ${measuredText} so far`;
}
