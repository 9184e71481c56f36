import { randomUUID } from 'node:crypto';
import { type Clock, messageOf } from '@stormcart/core';
import type { Logger } from 'pino';
import type { Policy } from '../policy/policy.ts';
import type { Session } from '../service/database/database.ts';
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

export interface PurchaseFeed {
  /** Ends after the batch under way. */
  close(): Promise<void>;
}

/**
 * Counts paid orders into Redis, by following the trail of order events. The place reached lies in Redis beside the
 * counts and moves with them in one step: each event counts once, however many feeds run, and a Redis that lost its
 * memory has lost its place too and is filled again from the trail.
 */
export function startPurchaseFeed(parts: PurchaseFeedParts): PurchaseFeed {
  const { clock, log } = parts;
  const stopping = new AbortController();
  const { signal } = stopping;
  const pause = (ms: number): Promise<void> => clock.sleep(ms, signal).catch(() => undefined);
  const run = async (): Promise<void> => {
    let failures = 0;
    while (!signal.aborted) {
      try {
        const isMore = await feedBatch(parts);
        failures = 0;
        await pause(isMore ? figures.batchPauseMs : figures.idleMs);
      } catch (error) {
        failures += 1;
        if (failures === 1) log.warn({ reason: messageOf(error) }, 'purchases not counted for now');
        await pause(failurePauseMs(failures));
      }
    }
  };
  const running = run();
  return {
    close: () => {
      stopping.abort();
      return running;
    },
  };
}

/** Doubles from the first pause up to the longest. */
function failurePauseMs(failures: number): number {
  const { first, longest } = figures.failurePauseMs;
  return Math.min(first * 2 ** (failures - 1), longest);
}

/** Whether there may be more. */
async function feedBatch({ database, coPurchases, policy }: PurchaseFeedParts): Promise<boolean> {
  const position = await policy.execute(() => coPurchases.position());
  const from = position?.lastEventId ?? (await firstEventId(database));
  const { lastEventId, purchases } = await readPurchases(database, from);
  if (lastEventId === undefined) return false;
  const to = { generation: position?.generation ?? randomUUID(), lastEventId };
  const counts = countPairs(purchases, figures.itemsPerOrder);
  await policy.execute(() => coPurchases.add(position, to, counts));
  return true;
}
