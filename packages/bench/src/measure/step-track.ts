import type { RequestOutcome } from '@stormcart/core';
import { noOutcomes } from '../load/ledger.ts';
import type { Sample } from '../load/sample.ts';
import { createLatencyHistogram, type LatencyHistogram } from './latency.ts';

/** One step of a run's time. Requests belong to the step of their intended start unless a name says otherwise. */
export interface Step {
  readonly startMs: number;
  /** Requests that were due. */
  readonly planned: number;
  readonly outcomes: Readonly<Record<RequestOutcome, number>>;
  /** Requests that were handed to a connection in this step, whenever they were due. */
  readonly sent: number;
  /** Whole answers that came in during this step, whatever they said. */
  readonly answered: number;
  /** From the intended start; undefined when nothing was sent. */
  readonly p50Ms: number | undefined;
  readonly p90Ms: number | undefined;
  readonly p99Ms: number | undefined;
  readonly maxMs: number | undefined;
}

/** The steps of all requests, or of those of one route. */
export interface StepTrack {
  add(sample: Sample): void;
  /** Every step from 0 to the last one in which something happened. */
  steps(): readonly Step[];
}

/**
 * A step keeps its histogram for this long, over any sensible timeout, and then only its quantiles. A later sample is
 * counted, but moves no quantile.
 */
const OPEN_MS = 60_000;
/** Twice what a plan is cut into: a run that was paused may take longer than planned. Beyond it the last step grows. */
const STEPS_MAX = 1_200;
const NO_QUANTILES = { p50Ms: undefined, p90Ms: undefined, p99Ms: undefined, maxMs: undefined };

type StepQuantiles = Pick<Step, keyof typeof NO_QUANTILES>;

interface OpenStep {
  planned: number;
  sent: number;
  answered: number;
  readonly outcomes: Record<RequestOutcome, number>;
  /** Present once something was measured and while samples may still come in. */
  latency: LatencyHistogram | undefined;
  quantiles: StepQuantiles;
}

/** `digits`: significant digits of the quantiles, which decide over the memory of a step: 9 KiB with 2, 57 KiB with 3. */
export function createStepTrack(stepMs: number, digits: 2 | 3): StepTrack {
  const steps: OpenStep[] = [];
  const spare: LatencyHistogram[] = [];
  const openCount = Math.ceil(OPEN_MS / stepMs) + 1;
  let firstOpen = 0;

  const closeUntil = (place: number): void => {
    for (; firstOpen < place; firstOpen += 1) {
      const step = steps[firstOpen];
      if (step?.latency === undefined) continue;
      step.quantiles = quantilesOf(step.latency);
      step.latency.reset();
      spare.push(step.latency);
      step.latency = undefined;
    }
  };
  const placeOf = (ms: number): number => Math.min(Math.max(0, Math.floor(ms / stepMs)), STEPS_MAX - 1);
  const stepAt = (place: number): OpenStep => {
    while (steps.length <= place) {
      closeUntil(steps.length - openCount);
      steps.push(emptyStep());
    }
    return steps[place] as OpenStep;
  };

  return {
    add: ({ intendedMs, sentMs, endedMs, outcome, status }) => {
      const place = placeOf(intendedMs);
      const due = stepAt(place);
      due.planned += 1;
      due.outcomes[outcome] += 1;
      if (sentMs !== undefined) stepAt(placeOf(sentMs)).sent += 1;
      if (status !== undefined) stepAt(placeOf(endedMs)).answered += 1;
      // A dropped request never waited for anything.
      if (outcome === 'dropped' || place < firstOpen) return;
      due.latency ??= spare.pop() ?? createLatencyHistogram(digits);
      due.latency.record(endedMs - intendedMs);
    },
    steps: () =>
      steps.map(({ planned, sent, answered, outcomes, latency, quantiles }, place) => ({
        startMs: place * stepMs,
        planned,
        sent,
        answered,
        outcomes: { ...outcomes },
        ...(latency === undefined ? quantiles : quantilesOf(latency)),
      })),
  };
}

function emptyStep(): OpenStep {
  return {
    planned: 0,
    sent: 0,
    answered: 0,
    outcomes: noOutcomes(),
    latency: undefined,
    quantiles: NO_QUANTILES,
  };
}

function quantilesOf(latency: LatencyHistogram): StepQuantiles {
  return {
    p50Ms: latency.valueMs(0.5),
    p90Ms: latency.valueMs(0.9),
    p99Ms: latency.valueMs(0.99),
    maxMs: latency.valueMs('max'),
  };
}
