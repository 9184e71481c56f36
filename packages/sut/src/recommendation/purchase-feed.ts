import { randomUUID } from 'node:crypto';
import type { Clock } from '@stormcart/core';
import type { Logger } from 'pino';
import type { Policy } from '../policy/policy.ts';
import type { Session } from '../service/database/database.ts';
import { type PollingLoop, startPolling, type Turn } from '../service/loop/polling-loop.ts';
import type { CoPurchases } from './co-purchases.ts';
import { countPairs } from './pair-counts.ts';
import { firstEventId, readPurchases } from './purchases.ts';
import { recommendationFigures as figures } from './recommendation-figures.ts';

export interface PurchaseFeedParts {
  readonly database: Session;
  readonly coPurchases: CoPurchases;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Counts paid orders into Redis, by following the trail of order events. The place reached lies in Redis beside the
 * counts and moves with them in one step: each event counts once, however many feeds run, and a Redis that lost its
 * memory has lost its place too and is filled again from the trail.
 */
export function startPurchaseFeed(parts: PurchaseFeedParts): PollingLoop {
  const { clock, log } = parts;
  return startPolling(() => feedBatch(parts), {
    figures: figures.feed,
    clock,
    log,
    failure: 'purchases not counted for now',
  });
}

async function feedBatch({ database, coPurchases, policy }: PurchaseFeedParts): Promise<Turn> {
  const position = await policy.execute(() => coPurchases.position());
  const from = position?.lastEventId ?? (await firstEventId(database));
  const { lastEventId, purchases } = await readPurchases(database, from);
  if (lastEventId === undefined) return 'nothing';
  const to = { generation: position?.generation ?? randomUUID(), lastEventId };
  const counts = countPairs(purchases, figures.itemsPerOrder);
  await policy.execute(() => coPurchases.add(position, to, counts));
  return 'more';
}
