import { duration } from '@stormcart/core';
import type { Gate, Labels } from '../../judge/gate.ts';
import type { GateProblem } from '../../judge/gate-problem.ts';
import type { Metric, Resolution } from '../../judge/metric/metric.ts';
import { metricNamed, metrics } from '../../judge/metric/table.ts';
import { parseGate, type Vocabulary } from '../../judge/parse-gate.ts';
import type { Path } from '../problem.ts';
import type { Reporter } from '../reporter.ts';
import { arrivalsIn, type Timeline, windowsOf } from '../timeline.ts';
import type { Names } from './names.ts';

export interface GateContext {
  readonly names: Names;
  readonly vocabulary: Vocabulary;
  /** Undefined when the stages could not be read. */
  readonly timeline: Timeline | undefined;
  readonly sliceMs: number | undefined;
  readonly reporter: Reporter;
  lineOf(path: Path): number;
}

/** Reads a gate at this path; undefined, and reported, when it is none that could be measured. */
export function readGate(text: string, path: Path, context: GateContext): Gate | undefined {
  const { reporter, vocabulary, names } = context;
  const parsed = parseGate(text, context.lineOf(path), vocabulary);
  if (parsed.kind === 'bad') {
    for (const problem of parsed.problems) reportGateProblem(problem, path, context);
    return undefined;
  }
  const { gate } = parsed;
  const { journey, route, name } = gate.labels;
  if (typeof journey === 'string' && typeof route === 'string') {
    const routes = names.routesOf(journey);
    if (!routes.includes(route)) {
      reporter.error(path, `the journey \`${journey}\` never requests the route \`${route}\``, {
        offset: text.indexOf(route),
        accepted: routes,
      });
      return undefined;
    }
  }
  if (gate.metric === 'breaker' && typeof name === 'string' && !names.breakers.includes(name)) {
    reporter.warn(
      path,
      `there is no breaker \`${name}\` under the policies of this scenario, so the gate cannot be told`,
    );
  }
  const windowProblem = problemOfWindow(gate, context);
  if (windowProblem !== undefined) {
    reporter.error(path, windowProblem, { offset: text.lastIndexOf('over') });
    return undefined;
  }
  const metric = metricNamed(gate.metric);
  const doubt = metric === undefined ? undefined : doubtAbout(gate, metric, context);
  if (doubt !== undefined)
    reporter.warn(path, `\`${gate.text}\` is finer than this drill can tell: ${doubt}`);
  return gate;
}

/** Reads gates that are asked of a phase from outside: only figures of requests have phases. */
export function readSteadyGate(text: string, path: Path, context: GateContext): Gate | undefined {
  const gate = readGate(text, path, context);
  if (gate === undefined) return undefined;
  const metric = metricNamed(gate.metric);
  if (metric !== undefined && !hasPhases(metric)) {
    context.reporter.error(
      path,
      `\`${gate.metric}\` cannot be part of a steady state, which is about requests in a phase`,
      {
        accepted: metrics.filter(hasPhases).map((each) => each.name),
      },
    );
    return undefined;
  }
  if (gate.labels['during'] !== undefined) {
    context.reporter.error(
      path,
      'a steady state takes no `during`: it is asked before the first fault and at the end',
      {
        offset: text.indexOf('during'),
      },
    );
    return undefined;
  }
  return gate;
}

/** Why no window of this gate could ever be measured, or could tell no more than a slice. */
function problemOfWindow({ windowMs }: Gate, { timeline, sliceMs }: GateContext): string | undefined {
  if (windowMs === undefined || timeline === undefined) return undefined;
  const measuredMs = timeline.totalMs - timeline.warmupMs;
  if (measuredMs > 0 && windowMs > measuredMs) {
    return `a window of ${duration.format(windowMs)} is longer than the measured ${duration.format(measuredMs)}`;
  }
  if (sliceMs === undefined || windowMs >= sliceMs) return undefined;
  return `a window of ${duration.format(windowMs)} is shorter than a slice, ${duration.format(sliceMs)}: write that or more`;
}

function hasPhases(metric: Metric): boolean {
  return Object.hasOwn(metric.labels, 'during');
}

function reportGateProblem(problem: GateProblem, path: Path, context: GateContext): void {
  const { offset, given, accepted, nameKind } = problem;
  const special = given === undefined ? undefined : explainName(given, nameKind, context.names);
  context.reporter.error(path, special ?? problem.message, {
    offset,
    ...(given === undefined || special !== undefined ? {} : { given }),
    ...(accepted === undefined ? {} : { accepted }),
  });
}

/** Names that exist, but not in what this scenario does. */
function explainName(given: string, kind: GateProblem['nameKind'], names: Names): string | undefined {
  if (kind === 'phase') return missingPhases.get(given);
  if (kind === 'journey' && names.allJourneys.includes(given)) {
    return `the journey \`${given}\` has no weight in load.mix`;
  }
  const journeys = kind === 'route' ? names.journeysWith(given) : [];
  if (journeys.length === 0) return undefined;
  return `the route \`${given}\` is requested by ${journeys.join(' and ')} only, which load.mix leaves out`;
}

const missingPhases: ReadonlyMap<string, string> = new Map([
  ['warmup', 'there is no phase `warmup`: no stage has `warmup: true`'],
  ['baseline', 'there is no phase `baseline`: a fault is on from the first measured moment'],
  ['recovery', 'there is no phase `recovery`: no measured time is left after a fault'],
]);

function doubtAbout(gate: Gate, metric: Metric, context: GateContext): string | undefined {
  const { timeline, sliceMs } = context;
  if (timeline === undefined || sliceMs === undefined) return undefined;
  const measuredMs = timeline.totalMs - timeline.warmupMs;
  const resolution: Resolution = {
    sliceMs,
    measuredMs,
    // In one window of many, where the gate is about windows.
    expectedCount: (labels) =>
      expectedCount(labels, timeline, context.names) * windowShare(gate, labels, timeline),
  };
  return resolution.measuredMs <= 0 ? undefined : metric.tooFine?.(gate, resolution);
}

/** How much of the phase's requests one window holds at most. */
function windowShare({ windowMs }: Gate, { during }: Labels, timeline: Timeline): number {
  if (windowMs === undefined) return 1;
  const phaseMs = windowsOf(timeline, typeof during === 'string' ? during : undefined).reduce(
    (sum, { startMs, endMs }) => sum + endMs - startMs,
    0,
  );
  return Math.min(1, windowMs / phaseMs);
}

function expectedCount({ during, journey, route }: Labels, timeline: Timeline, names: Names): number {
  const windows = windowsOf(timeline, typeof during === 'string' ? during : undefined);
  return (
    arrivalsIn(timeline, windows) *
    names.shareOfMix((each) => {
      const isJourney = typeof journey !== 'string' || each === journey;
      return isJourney && (typeof route !== 'string' || names.routesOf(each).includes(route));
    })
  );
}
