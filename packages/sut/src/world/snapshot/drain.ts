import { type Clock, type DrainResult, messageOf } from '@stormcart/core';
import { readQueueDepths, SHOP_QUEUES } from './queue-depths.ts';
import { openShopDatabase, type ShopDatabase } from './shop-database.ts';
import type { QueueDepth } from './shop-snapshot.ts';
import type { ShopStores } from './shop-stores.ts';

export interface DrainOptions {
  readonly stores: ShopStores;
  readonly clock: Clock;
  /** The highest acknowledged cart sequence number of each customer. */
  readonly cartSeqs: () => ReadonlyMap<number, number>;
}

/** Often enough to notice within a fraction of the drain's minute, seldom enough to cost nothing. */
const EVERY_MS = 250;

/**
 * A message that was given out and not yet acknowledged is in no count the broker gives without its
 * management plugin; two clean looks in a row leave it this long to show up in the rows.
 */
const CLEAN_LOOKS = 2;

/**
 * When nothing has moved for so long, nothing will. Lost sagas are taken up again after half a minute, and a message
 * is tried for some ten seconds: this is both, and some more.
 */
const STANDSTILL_MS = 45_000;

/** How many customers or orders one line names. */
const NAMED_MAX = 5;

/**
 * Looks until nothing is under way any more, nothing moves any more, or the signal ends it; then says what was left.
 * Never rejects.
 */
export async function drainShop(options: DrainOptions, signal: AbortSignal): Promise<DrainResult> {
  let remaining: readonly string[] = ['nothing could be read in time'];
  let cleanLooks = 0;
  const standstill = watchStandstill(options.clock, STANDSTILL_MS);
  while (!signal.aborted) {
    try {
      remaining = remainingOf(await look(options, signal), options.cartSeqs());
      if (remaining.length > 0 && standstill.isReached(remaining)) {
        return {
          isDrained: false,
          remaining: [...remaining, `nothing has moved for ${STANDSTILL_MS / 1_000} s`],
        };
      }
      cleanLooks = remaining.length === 0 ? cleanLooks + 1 : 0;
      if (cleanLooks >= CLEAN_LOOKS) return { isDrained: true, remaining: [] };
      if (cleanLooks > 0) remaining = ['found empty, but time ran out before a second look'];
    } catch (error) {
      cleanLooks = 0;
      if (!signal.aborted) remaining = [`cannot be read: ${messageOf(error)}`];
    }
    await options.clock.sleep(EVERY_MS, signal).catch(() => undefined);
  }
  return { isDrained: false, remaining };
}

export interface StandstillWatch {
  /** Whether every look for so long has found just this. */
  isReached(remaining: readonly string[]): boolean;
}

export function watchStandstill(clock: Pick<Clock, 'now'>, afterMs: number): StandstillWatch {
  let seen = '';
  let sinceMs = clock.now();
  return {
    isReached: (remaining) => {
      const now = remaining.join('\n');
      if (now !== seen) {
        seen = now;
        sinceMs = clock.now();
      }
      return clock.now() - sinceMs >= afterMs;
    },
  };
}

/** What one look found. */
export interface ShopBacklog {
  readonly outboxCount: number;
  /** Orders that wait for the payment provider: PAYING or REFUNDING. */
  readonly payingOrderIds: readonly string[];
  /** The sequence number up to which each cart is settled. */
  readonly settledSeqs: ReadonlyMap<number, number>;
  readonly queues: readonly QueueDepth[];
}

/** One line per kind of thing that is still under way: `outbox: 3 rows`. */
export function remainingOf(
  backlog: ShopBacklog,
  acknowledgedSeqs: ReadonlyMap<number, number>,
): readonly string[] {
  const lines: string[] = [];
  if (backlog.outboxCount > 0) lines.push(`outbox: ${backlog.outboxCount} rows`);
  for (const name of SHOP_QUEUES) {
    const queue = backlog.queues.find((depth) => depth.name === name);
    if (queue === undefined) lines.push(`queue ${name}: not there`);
    else if (queue.readyCount > 0) lines.push(`queue ${name}: ${queue.readyCount} messages`);
  }
  if (backlog.payingOrderIds.length > 0)
    lines.push(`orders in PAYING or REFUNDING: ${named(backlog.payingOrderIds)}`);
  const unsettled = [...acknowledgedSeqs]
    .filter(([customerId, seq]) => (backlog.settledSeqs.get(customerId) ?? 0) < seq)
    .map(([customerId]) => String(customerId));
  if (unsettled.length > 0) lines.push(`unsettled carts of customers: ${named(unsettled)}`);
  return lines;
}

async function look(options: DrainOptions, signal: AbortSignal): Promise<ShopBacklog> {
  const queues = await readQueueDepths(options.stores.rabbitmq, signal);
  const database = await openShopDatabase(options.stores.mariadb, signal);
  try {
    return { queues, ...(await readBacklogRows(database)) };
  } finally {
    database.close();
  }
}

async function readBacklogRows(database: ShopDatabase): Promise<Omit<ShopBacklog, 'queues'>> {
  const outbox = await database.rows('SELECT COUNT(*) AS count FROM outbox');
  const paying = await database.rows(
    `SELECT id FROM orders WHERE status IN ('PAYING', 'REFUNDING') ORDER BY id LIMIT 1000`,
  );
  const carts = await database.rows('SELECT customer_id AS customerId, seq FROM cart');
  return {
    outboxCount: Number(outbox[0]?.['count'] ?? 0),
    payingOrderIds: paying.map((row) => String(row['id'])),
    settledSeqs: new Map(carts.map((row) => [Number(row['customerId']), Number(row['seq'])])),
  };
}

function named(ids: readonly string[]): string {
  const shown = ids.slice(0, NAMED_MAX).join(', ');
  return ids.length > NAMED_MAX ? `${shown} and ${ids.length - NAMED_MAX} more` : shown;
}
