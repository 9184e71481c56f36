import { type Clock, messageOf } from '@stormcart/core';
import type { Logger } from 'pino';
import type { Policy } from '../policy/policy.ts';
import type { Database } from '../service/database/database.ts';
import { type PollingFigures, type PollingLoop, startPolling } from '../service/loop/polling-loop.ts';
import { carryOutbox, type OutboxRow } from '../service/outbox/carry-outbox.ts';
import type { ProductCache } from './cache.ts';
import { PRODUCT_CHANGED, productChangedSchema } from './change-product.ts';

export interface VoidRelayParts {
  readonly database: Database;
  readonly cache: Pick<ProductCache, 'voidOlder'>;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly log: Logger;
}

const figures: PollingFigures = {
  /** The change itself has voided the entry already: this only matters where that failed. One tiny read each time. */
  idleMs: 200,
  moreMs: 0,
  failureMs: { first: 100, longest: 1_000 },
};

/**
 * Voids cached products for every change in the outbox. A row goes only after Redis has said that it did: while Redis
 * is away the rows stay, so nothing is at rest as long as the cache may hold an older version. Needs no broker, gives
 * up on nothing, and may run in several processes: voiding twice is harmless.
 */
export function startVoidRelay(parts: VoidRelayParts): PollingLoop {
  const { database, clock, log } = parts;
  return startPolling(() => carryOutbox(database, [PRODUCT_CHANGED], (rows) => voidAll(rows, parts)), {
    figures,
    clock,
    log,
    failure: 'product changes not relayed',
  });
}

/** The ids of the rows whose products Redis has voided. */
async function voidAll(
  rows: readonly OutboxRow[],
  { cache, policy, log }: VoidRelayParts,
): Promise<readonly number[]> {
  const outcomes = await Promise.allSettled(
    rows.map(async ({ payload }) => {
      const { productId, version } = productChangedSchema.parse(JSON.parse(payload));
      await policy.execute(() => cache.voidOlder(productId, version));
    }),
  );
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) log.warn({ reason: messageOf(failed.reason) }, 'cached products not voided yet');
  return rows.filter((_, index) => outcomes[index]?.status === 'fulfilled').map(({ id }) => id);
}
