/** The lifetimes of one kind of entry, milliseconds. */
export interface Lifetimes {
  /** Fresh for so long; after that a reader asks the database first. */
  readonly softMs: number;
  /** Kept for so long, as what to show when the database cannot be asked. */
  readonly hardMs: number;
}

/**
 * Every figure of the product cache.
 *
 * `product`: stock changes with every order, and half a minute is as old as the shown figure may be while all is well.
 * Four times that bridges a failover or a restart of the database with pages that are a little old; a change by an
 * admin voids the entry at once and does not wait for either.
 *
 * `absent`: long enough to stop a scan of unknown ids, short enough that a new product shows soon. It has no stale
 * life: "there is none" is a wrong answer that costs a sale, so without the database there is none to give.
 *
 * `jitterShare`: entries written together (after a flush, a deployment) shall not expire together.
 *
 * `earlyBeta`, `loadMsMin`: see `judgeEntry`. 1 is the optimum of the paper. A load takes 1–3 ms on a quiet machine and
 * some 20 ms when a process is stalled; expecting the latter starts a popular entry's refresh in time.
 *
 * `stalePatienceMs`: how long a reader who could be shown the old entry waits for the new one; the objective for a
 * product page is 400 ms, of which a cache that just fell silent takes 150.
 *
 * `loadMs`: when a load that nobody waits for any more stops counting as one: a connection (3 s) and a query (4 s).
 *
 * `leaseMs`: a load's right to fill, so longer than the longest load, and than a fill's last resort after it.
 *
 * `fillsMax`, `refreshesMax`: fills take seconds each with a silent cache and no policy; refreshes in the background
 * must leave most of the database's ten connections to readers who wait.
 */
export const cacheFigures = {
  product: { softMs: 30_000, hardMs: 120_000 },
  absent: { softMs: 5_000, hardMs: 5_000 },
  jitterShare: 0.2,
  earlyBeta: 1,
  loadMsMin: 20,
  stalePatienceMs: 200,
  loadMs: 7_000,
  leaseMs: 15_000,
  fillsMax: 100,
  refreshesMax: 4,
} as const;
