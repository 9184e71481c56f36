import type { ClosedLoopResult } from '../load/closed-loop.ts';
import { formatCount, formatMs, plural } from '../report/format.ts';
import type { Style } from '../report/style.ts';
import type { CapacityResult } from './find-capacity.ts';
import type { TrialResult } from './run-trial.ts';

/** What `stormcart capacity --json` prints. */
export interface CapacityReport {
  readonly format: 'stormcart-capacity';
  readonly version: 1;
  readonly target: string;
  readonly objective: readonly string[];
  readonly trialMs: number;
  readonly resolution: number;
  readonly answer: CapacityResult['end'];
  readonly trials: CapacityResult['trials'];
  /** As many connections as were asked for, each sending as soon as it is answered; absent with `--no-closed`. */
  readonly closedLoop?: ClosedLoopResult & { readonly url: string };
}

export function capacitySummary(report: CapacityReport, style: Style): string {
  const { answer, trials, objective, closedLoop } = report;
  return [
    style.bold(answerText(report)),
    `objective     ${objective.join(', ')}`,
    ...limitLines(report),
    '',
    ...trials.map((trial) => trialLine(trial)),
    ...(closedLoop === undefined ? [] : ['', ...closedLines(closedLoop, answer)]),
  ].join('\n');
}

/** Exit code 3 is for answers that may be more, or that nobody can tell. */
export function isInconclusive({ kind }: CapacityResult['end']): boolean {
  return kind === 'atLeast' || kind === 'undecided';
}

function answerText({ answer, target }: CapacityReport): string {
  switch (answer.kind) {
    case 'found':
      return `${target} takes ${rateText(answer.perSecond)} within the objective, and not ${rateText(answer.missedPerSecond)}`;
    case 'atLeast':
      return answer.because === 'generator'
        ? `${target} takes at least ${rateText(answer.perSecond)}; above that the load generator was the limit`
        : `${target} takes at least ${rateText(answer.perSecond)}, the most that --max allows`;
    case 'none':
      return `${target} does not meet the objective even at ${rateText(answer.missedPerSecond)}`;
    case 'undecided': {
      const known = answer.perSecond === undefined ? '' : `; ${rateText(answer.perSecond)} met it`;
      return answer.because === 'generator'
        ? `nobody can tell: the load generator was the limit at every rate${known}`
        : `nobody can tell after so many trials: near its limit it is now well and now not${known}`;
    }
  }
}

/** What gave way first above the answer. */
function limitLines({ answer, trials }: CapacityReport): readonly string[] {
  if (answer.kind !== 'found' && answer.kind !== 'none') return [];
  const missed = trials.findLast(
    ({ perSecond, outcome }) => perSecond === answer.missedPerSecond && outcome === 'missed',
  );
  const reasons = missed?.gates.filter(({ kind }) => kind !== 'pass').map(({ reason }) => reason) ?? [];
  return reasons.map((reason) => `gave way       ${reason}`);
}

/** One line for each trial, also while they run. */
export function trialLine({
  perSecond,
  outcome,
  latency,
  goodPerSecond,
  gates,
  purpose,
}: TrialShown): string {
  const failed = gates
    .filter(({ kind }) => kind !== 'pass')
    .map(({ text, measuredText }) => `${text}: ${measuredText}`);
  const p99 = latency === undefined ? 'no latency' : `p99 ${formatMs(latency.p99Ms)}`;
  const why = outcome === 'saturated' ? 'the generator was saturated' : failed.join('; ');
  return `  ${rateText(perSecond).padStart(9)}  ${outcome.padEnd(9)}  ${p99.padEnd(14)} ${formatCount(goodPerSecond)} right/s  ${PURPOSES[purpose]}${why === '' ? '' : `  ${why}`}`;
}

type TrialShown = TrialResult & Pick<CapacityResult['trials'][number], 'purpose'>;

const PURPOSES = { grow: 'search', narrow: 'search', again: 'seen again', confirm: 'confirmation' } as const;

function closedLines(
  { connections, perSecondMean, latencyMs, url }: NonNullable<CapacityReport['closedLoop']>,
  answer: CapacityResult['end'],
): readonly string[] {
  const known = 'perSecond' in answer ? answer.perSecond : undefined;
  const beside =
    known === undefined || known === 0 ? '' : ` (${(perSecondMean / known).toFixed(2)} × the answer)`;
  return [
    `closed-loop saturation, autocannon, ${plural(connections, 'connection')} on ${url}:`,
    `  ${formatCount(perSecondMean)} answers/s${beside}, p50 ${formatMs(latencyMs.p50)}, p99 ${formatMs(latencyMs.p99)}`,
    '  Each connection waits for its answer before it sends again, so this is what the system can do when nobody comes',
    '  faster than it answers: a ceiling, kept to no objective. Customers do not wait for each other.',
  ];
}

function rateText(perSecond: number): string {
  return `${formatCount(perSecond)}/s`;
}
