import { type Clock, messageOf } from '@stormcart/core';
import type { Logger } from 'pino';
import type { Policy } from '../policy/policy.ts';
import type { Database, Session } from '../service/database/database.ts';
import type { ProductCache } from './cache.ts';
import { PRODUCT_CHANGED, productChangedSchema } from './change-product.ts';

export interface VoidRelayParts {
  readonly database: Database;
  readonly cache: Pick<ProductCache, 'voidOlder'>;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface VoidRelay {
  /** Ends after the batch under way. */
  close(): Promise<void>;
}

/** A person changes products; a pile of them comes from a time without Redis, and 50 go in one round trip's time. */
const BATCH_ROWS = 50;
/** The change itself has voided the entry already: this only matters where that failed. One tiny read each time. */
const IDLE_MS = 200;
/** After a failure: grows to a second, so that a Redis on its way back is not hammered. */
const FAILURE_PAUSE_MS = { first: 100, longest: 1_000 };

/**
 * Voids cached products for every change in the outbox. A row goes only after Redis has said that it did: while Redis
 * is away the rows stay, so nothing is at rest as long as the cache may hold an older version. Needs no broker, gives
 * up on nothing, and may run in several processes: each skips what another has locked, and voiding twice is harmless.
 */
export function startVoidRelay(parts: VoidRelayParts): VoidRelay {
  const { clock, log } = parts;
  const stopping = new AbortController();
  const { signal } = stopping;
  const pause = (ms: number): Promise<void> => clock.sleep(ms, signal).catch(() => undefined);
  const run = async (): Promise<void> => {
    let failures = 0;
    while (!signal.aborted) {
      try {
        const { taken, voided } = await relayBatch(parts);
        failures = voided < taken ? failures + 1 : 0;
        if (taken === 0) await pause(IDLE_MS);
      } catch (error) {
        failures += 1;
        log.warn({ reason: messageOf(error) }, 'product changes not relayed');
      }
      if (failures > 0) await pause(failurePauseMs(failures));
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
  return Math.min(FAILURE_PAUSE_MS.first * 2 ** (failures - 1), FAILURE_PAUSE_MS.longest);
}

interface Batch {
  readonly taken: number;
  readonly voided: number;
}

const NOTHING: Batch = { taken: 0, voided: 0 };

interface OutboxRow {
  readonly id: number;
  readonly payload: string;
}

async function relayBatch(parts: VoidRelayParts): Promise<Batch> {
  const { database } = parts;
  // Nearly always there is nothing: one statement without a lock instead of a transaction.
  const waiting = await database.rows('SELECT 1 FROM outbox WHERE topic = ? LIMIT 1', [PRODUCT_CHANGED]);
  if (waiting.length === 0) return NOTHING;
  return database.transaction(async (session) => {
    const rows = await session.rows<OutboxRow>(
      `SELECT id, payload FROM outbox WHERE topic = ? ORDER BY id LIMIT ${BATCH_ROWS} FOR UPDATE SKIP LOCKED`,
      [PRODUCT_CHANGED],
    );
    if (rows.length === 0) return { kind: 'roll-back', result: NOTHING };
    const voided = await voidAll(rows, parts);
    await removeRows(session, voided);
    return { kind: 'commit', result: { taken: rows.length, voided: voided.length } };
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

async function removeRows(session: Session, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await session.change(`DELETE FROM outbox WHERE id IN (${ids.map(() => '?').join(', ')})`, ids);
}
