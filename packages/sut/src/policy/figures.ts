import type { RetryBudgetFigures } from '@stormcart/core';
import type { BulkheadFigures } from './bulkhead.ts';
import type { Priority } from './shedding.ts';

// Every figure of the shop's resilience is here or in a table named here: when a process sheds load in
// `shedding-figures.ts`, pools and statements in `service/database/figures.ts`, the broker's confirms and redelivery in
// `service/broker/figures.ts`, the balancer's retries in its `proxy/retry-figures.ts`.

/** The figures of one guarded dependency. Times in milliseconds. */
export interface PolicyFigures {
  /** How long a call may take before it counts as failed. */
  readonly timeoutMs: number;
  /** The breaker looks at the calls of this window … */
  readonly windowMs: number;
  /** … judges nothing with fewer calls than this … */
  readonly callsMin: number;
  /** … and opens when more than this share of them failed. */
  readonly failureShare: number;
  /** How long it stays open before one call may try again. */
  readonly openMs: number;
  /** Calls under way at once, those that nobody waits for any more included. */
  readonly underWayMax: number;
  /** The bound that holds without any policy: generous, so that only the policy decides what is slow. */
  readonly lastResortMs: number;
}

/**
 * Every timeout and breaker figure of the shop's guarded calls.
 *
 * `cache`: a Redis read takes under 1 ms here, and a busy machine stalls a process for some 50 ms; 150 ms is
 * neither, and leaves the database time to answer within a 400 ms objective. The window is short because a
 * breaker must outvote the good calls before the fault: with 2 s it opens about 1 s into a black hole. One
 * read in 750 ms pays for looking whether the cache is back. 500 under way are what 2,000 reads a second pile up
 * in a stall of 250 ms.
 *
 * `payment`: a charge takes tens of milliseconds and up to a second at a real provider; a timeout costs an
 * inquiry, so it waits 2 s. Few calls: a longer window, or five of them never meet in one. A worker has 20 messages
 * in hand; twice that leaves room for the calls that were given up on.
 *
 * `recommendation`: decoration of a page. What is not there in 100 ms is replaced by popular items, so it gives up
 * sooner than the cache that it is kept in, and comes back later, because nobody misses it.
 *
 * `fraud`: one indexed query of a few milliseconds. What it cannot say within 200 ms a person will say later, and
 * 20 messages in hand ask at most once each.
 */
export const policyFigures = {
  cache: {
    timeoutMs: 150,
    windowMs: 2_000,
    callsMin: 5,
    failureShare: 0.5,
    openMs: 750,
    underWayMax: 500,
    lastResortMs: 5_000,
  },
  payment: {
    timeoutMs: 2_000,
    windowMs: 10_000,
    callsMin: 5,
    failureShare: 0.5,
    openMs: 2_000,
    underWayMax: 40,
    lastResortMs: 5_000,
  },
  recommendation: {
    timeoutMs: 100,
    windowMs: 5_000,
    callsMin: 5,
    failureShare: 0.5,
    openMs: 2_000,
    underWayMax: 100,
    lastResortMs: 5_000,
  },
  fraud: {
    timeoutMs: 200,
    windowMs: 5_000,
    callsMin: 5,
    failureShare: 0.5,
    openMs: 2_000,
    underWayMax: 40,
    lastResortMs: 5_000,
  },
} as const satisfies Readonly<Record<string, PolicyFigures>>;

/**
 * Work that must not take a whole process.
 *
 * `login`: two hashes at a time leave two of Node's four pool threads to everything else; eight more wait some 200 ms.
 * A longer queue only burns CPU for people who have gone.
 *
 * `search`: a full-text query holds a database connection ten times as long as a product's row. Six of the pool's ten
 * leave four to products; a page without results after a second is as good as none.
 *
 * `checkout`: more at once than connections only wait for those. Whoever buys may queue: 1,000 at a time, as in a sale,
 * and no longer than 5 s of the 8 s that a checkout has.
 */
export const bulkheadFigures = {
  login: { runningMax: 2, waitingMax: 8, waitMs: 1_000 },
  search: { runningMax: 6, waitingMax: 60, waitMs: 1_000 },
  checkout: { runningMax: 16, waitingMax: 1_000, waitMs: 5_000 },
} as const satisfies Readonly<Record<string, BulkheadFigures>>;

/**
 * How long a request may take in all, milliseconds. Below the balancer's 10 s, so that the answer is ours. A page is
 * left after 3 s; a confirm of the cart takes up to 2 s after the session was read; a checkout may queue.
 */
export const deadlineMs: Readonly<Record<Priority, number>> = { browse: 3_000, cart: 5_000, checkout: 8_000 };

/** One try at a message: a payment's charge and inquiry (2 s each) and the transactions around them. */
export const messageDeadlineMs = 12_000;

/**
 * What a process may try again. Retries live in one layer each, and no two stand above one another:
 *
 * - The balancer repeats a request that no service answered a byte to, once, within its own budget of the same size.
 * - A service repeats a transaction that lost a conflict, under this budget. Its requests are answered afterwards, so
 *   the balancer does not repeat what was repeated here.
 * - A worker repeats a message, on a schedule of its own; its transactions are not repeated below it.
 * - Clients of stores (mysql2, ioredis, amqplib, fetch) only connect again.
 *
 * One request in ten may go again, beside ten a second, as long ago as ten seconds: Finagle's RetryBudget keeps a
 * reserve of 10/s for 10 s too; its 20 % would be a fifth more load on a database that is in trouble already.
 */
export const retryFigures: RetryBudgetFigures = { share: 0.1, perSecondMin: 10, keptMs: 10_000 };

/** What people are told to wait who are turned away, whole seconds: the shedding needs half of it to let go. */
export const RETRY_AFTER_SECONDS = 1;

export { sheddingFigures } from './shedding-figures.ts';
