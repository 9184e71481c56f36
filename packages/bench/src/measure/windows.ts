import type { FigureFilter, RequestFigures, WindowFigures } from '../judge/figures.ts';
import { createLatencyHistogram, type LatencyHistogram } from './latency.ts';
import { includesPhase, type PhaseTimeline, phaseMs, phasesAt } from './phase.ts';
import type { LoggedSample } from './sample-log.ts';

export interface WindowOptions {
  readonly windowMs: number;
  readonly sliceMs: number;
  /** Measured time. */
  readonly startMs: number;
  readonly endMs: number;
  readonly timeline: PhaseTimeline;
  /** In order of intended start. */
  readonly samples: readonly LoggedSample[];
}

/** A window moves on by a tenth of its length, so a bad stretch of that length is seen to nine tenths at least. */
const STEPS_PER_WINDOW = 10;

/**
 * Every window of this length in measured time. They begin at slices' edges and move on by a tenth of the window, by one
 * slice at least; the last one ends where measured time does. None when measured time is shorter than one.
 */
export function windowsOf(options: WindowOptions): readonly WindowFigures[] {
  const { windowMs, startMs, endMs, timeline, samples } = options;
  if (endMs - startMs < windowMs) return [];
  const scratch = createLatencyHistogram();
  const windows: WindowFigures[] = [];
  let [first, next] = [0, 0];
  for (const fromMs of beginnings(options)) {
    const untilMs = fromMs + windowMs;
    while (first < samples.length && (samples[first]?.intendedMs ?? 0) < fromMs) first += 1;
    while (next < samples.length && (samples[next]?.intendedMs ?? 0) < untilMs) next += 1;
    const place = [first, next] as const;
    const figures = figuresOf(fromMs, untilMs, timeline, () => samples.slice(...place), scratch);
    windows.push({ startMs: fromMs, endMs: untilMs, figures });
  }
  return windows;
}

function beginnings({ windowMs, sliceMs, startMs, endMs }: WindowOptions): readonly number[] {
  const stepMs = Math.max(1, Math.round(windowMs / STEPS_PER_WINDOW / sliceMs)) * sliceMs;
  const lastMs = endMs - windowMs;
  const found: number[] = [];
  // By multiplication: sums of 0.1 drift.
  for (let place = 0; startMs + place * stepMs < lastMs; place += 1) found.push(startMs + place * stepMs);
  found.push(lastMs);
  return found;
}

function figuresOf(
  fromMs: number,
  untilMs: number,
  timeline: PhaseTimeline,
  samples: () => readonly LoggedSample[],
  scratch: LatencyHistogram,
): RequestFigures {
  const matching = (filter: FigureFilter): readonly LoggedSample[] =>
    samples().filter((sample) => matches(sample, filter, timeline));
  return {
    count: (outcome, filter) =>
      matching(filter).filter((sample) => outcome === 'planned' || sample.outcome === outcome).length,
    latencyMs: (quantile, filter) => {
      scratch.reset();
      for (const { outcome, latencyMs } of matching(filter)) {
        // A dropped request never waited for anything.
        if (outcome !== 'dropped') scratch.record(latencyMs);
      }
      return scratch.valueMs(quantile);
    },
    measuredMs: ({ during }) => phaseMs(timeline, during, untilMs) - phaseMs(timeline, during, fromMs),
  };
}

function matches(sample: LoggedSample, filter: FigureFilter, timeline: PhaseTimeline): boolean {
  const { journey, route, during, outcome } = filter;
  return (
    (journey === undefined || sample.journey === journey) &&
    (route === undefined || sample.route === route) &&
    (outcome === undefined || sample.outcome === outcome) &&
    includesPhase(phasesAt(sample.intendedMs, timeline), during)
  );
}
