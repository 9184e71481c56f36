import type { Random } from '@stormcart/core';
import type { CacheEntry, Finding } from './cache-entry.ts';
import { cacheFigures as figures, type Lifetimes } from './cache-figures.ts';

/** Lifetimes of a new entry; both are stretched or shortened by the same random share. */
export function drawLifetimes(kind: Finding['kind'], random: Random): Lifetimes {
  const { softMs, hardMs } = figures[kind];
  const stretch = 1 + figures.jitterShare * (2 * random.next() - 1);
  return { softMs: Math.round(softMs * stretch), hardMs: Math.round(hardMs * stretch) };
}

export type Freshness =
  /** Show it. */
  | 'fresh'
  /** Show it, and load it anew beside. */
  | 'early'
  /** Ask the database first; show it if that fails. The end of its hard life is Redis's own matter. */
  | 'stale';

/**
 * XFetch (Vattani, Chierichetti, Lowenstein: Optimal Probabilistic Cache Stampede Prevention, VLDB 2015, figure 3):
 * each reader takes the time for later than it is, by the load's own duration times an exponentially distributed
 * number. So somebody refreshes a popular entry shortly before it ends, and hardly ever do two.
 */
export function judgeEntry(
  { softUntilMs, loadMs }: Pick<CacheEntry, 'softUntilMs' | 'loadMs'>,
  nowMs: number,
  random: Random,
): Freshness {
  if (nowMs >= softUntilMs) return 'stale';
  const aheadMs = random.exponential(figures.earlyBeta * Math.max(loadMs, figures.loadMsMin));
  return nowMs + aheadMs >= softUntilMs ? 'early' : 'fresh';
}
