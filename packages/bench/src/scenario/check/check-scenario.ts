import type { SystemDescription } from '@stormcart/core';
import type { Gate } from '../../judge/gate.ts';
import type { Vocabulary } from '../../judge/parse-gate.ts';
import { reservedFaultIds } from '../format/fault.ts';
import type { Path } from '../problem.ts';
import type { Reporter } from '../reporter.ts';
import type { AbortRule } from '../scenario.ts';
import { type Timeline, windowsOf } from '../timeline.ts';
import { checkFaults } from './check-faults.ts';
import { type GateContext, readGate, readSteadyGate } from './check-gates.ts';
import { checkShapes, checkStages } from './check-stages.ts';
import { type Recordings, type ScenarioDraft, timelineOf } from './draft.ts';
import { createNames } from './names.ts';
import { readAbortRule, readDownRule } from './read-rules.ts';

/** What the checks are made against. */
export interface CheckContext {
  readonly description: SystemDescription;
  readonly topology: string;
  /** Breakers that exist under some policy, whatever this scenario chooses. */
  readonly allBreakers: readonly string[];
  /** The ids of all faults in the file; undefined when they cannot all be told. */
  readonly faultIds: readonly string[] | undefined;
  readonly scale: number;
  readonly recordings: Recordings;
  readonly reporter: Reporter;
  lineOf(path: Path): number;
}

/** The expressions of a scenario, read. Entries that could not be read are left out, and reported. */
export interface CheckedExpressions {
  readonly gates: readonly Gate[];
  readonly steadyState: readonly Gate[];
  readonly downBelow: number;
  readonly abort: AbortRule | undefined;
}

/** Checks what no single value can show: that the pieces of a scenario fit together. */
export function checkScenario(draft: ScenarioDraft, context: CheckContext): CheckedExpressions {
  const { reporter, description, scale } = context;
  const faults = draft.faults ?? [];
  checkShapes(draft.load?.stages ?? [], reporter);
  const timeline = timelineOf(draft, scale, context.recordings);
  const sliceMs = draft.availability?.slice;
  checkMix(draft.load?.mix, reporter);
  checkPopularity(draft, description, reporter);
  checkThink(draft, reporter);
  const errorsBefore = reporter.errorCount();
  if (timeline !== undefined) checkStages(timeline, sliceMs, reporter);
  const isLoadRight = reporter.errorCount() === errorsBefore;
  checkFaults(
    faults,
    { ...description, topology: context.topology },
    isLoadRight ? timeline : undefined,
    sliceMs,
    reporter,
  );

  // With times that are unknown or wrong so are the phases: silence is better than a false alarm.
  const areTimesRight = timeline?.faults.length === faults.length && reporter.errorCount() === errorsBefore;
  const knownTimeline = draft.faults !== undefined && areTimesRight ? timeline : undefined;
  const names = createNames(description, draft.load?.mix);
  const gateContext: GateContext = {
    names,
    vocabulary: {
      route: names.routes,
      journey: names.journeys,
      breaker: context.allBreakers,
      ...faultNames(context.faultIds, knownTimeline),
    },
    timeline: knownTimeline,
    sliceMs,
    reporter,
    lineOf: (path) => context.lineOf(path),
  };
  return readExpressions(draft, gateContext);
}

function readExpressions(draft: ScenarioDraft, context: GateContext): CheckedExpressions {
  const { timeline, reporter } = context;
  const readAll = (key: 'gates' | 'steadyState', read: typeof readGate): readonly Gate[] =>
    (draft[key] ?? []).flatMap((text, index) => {
      const gate = text === undefined ? undefined : read(text, [key, index], context);
      return gate === undefined ? [] : [gate];
    });
  const gates = readAll('gates', readGate);
  const steadyState = readAll('steadyState', readSteadyGate);
  if (steadyState.length > 0 && timeline !== undefined && windowsOf(timeline, 'baseline').length === 0) {
    reporter.error(
      ['steadyState'],
      'a steady state is asked before the first fault, but a fault is on from the first measured moment',
      { at: 'key' },
    );
  }
  const hasNothingToFail =
    draft.gates?.length === 0 && draft.steadyState?.length === 0 && draft.audit?.length === 0;
  if (hasNothingToFail) {
    reporter.warn([], 'without gates, a steady state and an audit this drill cannot fail');
  }
  const down = draft.availability?.down;
  return {
    gates,
    steadyState,
    downBelow: (down === undefined ? undefined : readDownRule(down, context)) ?? Number.NaN,
    abort: draft.abort === undefined ? undefined : readAbortRule(draft.abort, context),
  };
}

function checkMix(mix: Readonly<Record<string, number | undefined>> | undefined, reporter: Reporter): void {
  if (mix === undefined) return;
  const hasWeight = Object.values(mix).some((weight) => weight !== undefined && weight > 0);
  if (!hasWeight && reporter.errorCount() === 0) {
    reporter.error(['load', 'mix'], 'no journey has a weight above 0, so there is nothing to send');
  }
}

/** A setting that no journey looks at would only seem to change something. */
function checkPopularity(
  { load }: ScenarioDraft,
  { choosesPopular }: SystemDescription,
  reporter: Reporter,
): void {
  if (load?.popularity === undefined || choosesPopular === true) return;
  reporter.error(['load', 'popularity'], 'no journey of this system chooses anything by its popularity', {
    at: 'key',
  });
}

/** Customers think between requests, and a plain request is a whole visit. */
function checkThink({ load, requests = {} }: ScenarioDraft, reporter: Reporter): void {
  const sent = Object.entries(load?.mix ?? {}).filter(([, weight = 0]) => weight > 0);
  if (load?.think === undefined || sent.length === 0) return;
  if (sent.some(([journey]) => !Object.hasOwn(requests, journey))) return;
  reporter.warn(['load', 'think'], 'every visit of this load is one request, so nobody ever thinks', {
    at: 'key',
  });
}

/** Without all ids a name cannot be called unknown, so it is not looked up. */
function faultNames(
  faultIds: readonly string[] | undefined,
  timeline: Timeline | undefined,
): Pick<Vocabulary, 'fault' | 'phase'> {
  if (faultIds === undefined) return {};
  const phases = reservedFaultIds.filter(
    (phase) => timeline === undefined || windowsOf(timeline, phase).length > 0,
  );
  return { fault: faultIds, phase: [...new Set([...phases, ...faultIds])] };
}
