import { join } from 'node:path';
import { differencesOf } from '../agreement.ts';
import { compareRuns } from '../compare-runs.ts';
import type { Comparison } from '../comparison.ts';
import type { JudgedMetric } from '../metric/judged-metrics.ts';
import type { MeasuredRun } from '../run/measured-run.ts';
import type { ComparisonVerdict } from '../verdict.ts';
import type { Looks } from './looks.ts';
import { orderOfPair, type SideName } from './pair-order.ts';
import type { Side } from './side.ts';

export interface PairsOptions {
  readonly sides: Readonly<Record<SideName, Side>>;
  readonly looks: Looks;
  /** Over all looks. */
  readonly confidence: number;
  readonly metrics: readonly JudgedMetric[];
  /** Of the order within pairs and of the resampling; each pair's runs get a seed after it. */
  readonly seed: number;
  /** For what the runs leave. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly resamples?: number;
  readonly onEvent: (event: PairsEvent) => void | Promise<void>;
}

export type PairsEvent =
  | { readonly kind: 'run'; readonly pair: number; readonly side: SideName; readonly place: 1 | 2 }
  | { readonly kind: 'pair'; readonly outcome: PairsOutcome }
  | { readonly kind: 'look'; readonly look: Look };

export interface MeasuredPair {
  /** Counts from 1. */
  readonly pair: number;
  readonly order: readonly [SideName, SideName];
  readonly a: MeasuredRun;
  readonly b: MeasuredRun;
}

/** What a look at the data said. */
export interface Look {
  readonly pairCount: number;
  readonly verdict: ComparisonVerdict;
}

export interface PairsOutcome {
  readonly pairs: readonly MeasuredPair[];
  readonly looks: readonly Look[];
  readonly end:
    | { readonly kind: 'underway' }
    /** A look could tell. */
    | { readonly kind: 'decided' }
    /** All pairs were measured, or too many were spoiled. */
    | { readonly kind: 'exhausted' }
    | { readonly kind: 'interrupted' }
    | { readonly kind: 'failed'; readonly error: unknown };
}

/** Spoiled pairs are measured again, but not for ever: a machine that spoils every third one is no place to measure. */
const MOST_SPOILED_SHARE = 0.5;
/** Even a short comparison may have this many spoiled. */
const FEW_SPOILED = 3;

/**
 * Measures pairs of runs until a look can tell or the looks are used up. Never throws: what was measured before an
 * interruption or a failure is in the outcome.
 */
export async function runPairs(options: PairsOptions): Promise<PairsOutcome> {
  const { looks, signal, onEvent } = options;
  const pairsMax = looks.pairCounts.at(-1) ?? 0;
  const attemptsMax = pairsMax + Math.max(FEW_SPOILED, Math.floor(pairsMax * MOST_SPOILED_SHARE));
  const pairs: MeasuredPair[] = [];
  const done: Look[] = [];
  const outcome = (end: PairsOutcome['end']): PairsOutcome => ({ pairs: [...pairs], looks: [...done], end });
  try {
    for (let pair = 1; pair <= attemptsMax && done.length < looks.pairCounts.length; pair += 1) {
      pairs.push(await measurePair(pair, options));
      await onEvent({ kind: 'pair', outcome: outcome({ kind: 'underway' }) });
      if (pairs.filter(isGood).length !== looks.pairCounts[done.length] || !isGood(pairs.at(-1))) continue;
      const { verdict } = comparePairs(outcome({ kind: 'underway' }), options);
      const look: Look = { pairCount: looks.pairCounts[done.length] ?? 0, verdict };
      done.push(look);
      await onEvent({ kind: 'look', look });
      if (verdict !== 'inconclusive') return outcome({ kind: 'decided' });
    }
    return outcome({ kind: 'exhausted' });
  } catch (error) {
    return outcome(signal.aborted ? { kind: 'interrupted' } : { kind: 'failed', error });
  }
}

/**
 * What the pairs say so far. Each look, and an unplanned one after an interruption, has its own share of what may be
 * missed, so that looking again does not make a false alarm likelier.
 */
export function comparePairs({ pairs, looks, end }: PairsOutcome, options: PairsOptions): Comparison {
  const { metrics, seed, confidence, resamples } = options;
  const base = pairs.map(({ a }) => a);
  const head = pairs.map(({ b }) => b);
  // What was asked for, and what follows from it. Loads do not record the machine; both sides ran on this one.
  const differences = differencesOf(base, head).filter(({ what }) => what !== 'environment');
  return compareRuns({
    base,
    head,
    isPaired: true,
    metrics,
    confidence: options.looks.confidenceEach,
    reportedConfidence: confidence,
    seed,
    differences,
    notes: notesOf(looks, end),
    ...(resamples === undefined ? {} : { resamples }),
  });
}

function notesOf(looks: readonly Look[], end: PairsOutcome['end']): readonly string[] {
  const seen = looks.map(({ pairCount, verdict }) => `${pairCount} pairs: ${verdict}`);
  return [
    ...(looks.length > 1
      ? [`looked ${looks.length} times (${seen.join('; ')}); the intervals allow for it`]
      : []),
    ...(end.kind === 'interrupted' ? ['interrupted: these are the pairs that were complete'] : []),
    ...(end.kind === 'failed' ? ['a run failed: these are the pairs that were complete'] : []),
  ];
}

async function measurePair(pair: number, options: PairsOptions): Promise<MeasuredPair> {
  const { sides, seed, folder, signal, onEvent } = options;
  const order = orderOfPair(pair - 1, seed);
  const runs = new Map<SideName, MeasuredRun>();
  for (const [place, side] of order.entries()) {
    signal.throwIfAborted();
    await onEvent({ kind: 'run', pair, side, place: place === 0 ? 1 : 2 });
    const run = await sides[side].measure({
      pair,
      seed: seed + pair - 1,
      folder: join(folder, `${String(pair).padStart(3, '0')}-${side}`),
      signal,
    });
    // An interrupted run has measured something, but not what the other one will.
    signal.throwIfAborted();
    runs.set(side, run);
  }
  const [a, b] = [runs.get('a'), runs.get('b')];
  if (a === undefined || b === undefined) throw new Error(`pair ${pair} has no two sides`);
  return { pair, order, a, b };
}

function isGood(pair: MeasuredPair | undefined): boolean {
  return pair !== undefined && pair.a.spoiledBy === undefined && pair.b.spoiledBy === undefined;
}
