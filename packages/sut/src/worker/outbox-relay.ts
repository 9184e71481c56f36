import { type Clock, messageOf } from '@stormcart/core';
import type { Logger } from 'pino';
import type { Publisher } from '../service/broker/publisher.ts';
import { type QueueName, queueNames } from '../service/broker/queue.ts';
import type { Database, Session } from '../service/database/database.ts';

/** Rows taken at once: their locks are held until the broker confirmed them. */
const BATCH_ROWS = 50;
/** What a payment may wait for nothing; ten small queries a second are nothing to the database. */
const IDLE_MS = 100;
/** After a failure: grows to a second, so that a store on its way back is not hammered. */
const FAILURE_PAUSE_MS = { first: 100, longest: 1_000 };

export interface OutboxRelay {
  /** Ends after the batch under way. */
  close(): Promise<void>;
}

interface OutboxRow {
  readonly id: number;
  readonly topic: QueueName;
  readonly messageId: string;
  readonly payload: string;
  readonly headers: string | null;
}

/**
 * Carries the outbox to the broker: at least once, because a row goes only after its confirm. Several relays may run;
 * each skips what another has locked. Topics that are no queue are for others to take.
 */
export function startOutboxRelay(
  database: Database,
  publisher: Publisher,
  clock: Clock,
  log: Logger,
): OutboxRelay {
  const stopping = new AbortController();
  const { signal } = stopping;
  const pause = (ms: number): Promise<void> => clock.sleep(ms, signal).catch(() => undefined);
  const run = async (): Promise<void> => {
    let failures = 0;
    while (!signal.aborted) {
      try {
        const { taken, published } = await relayBatch(database, publisher, log);
        failures = published < taken ? failures + 1 : 0;
        if (taken === 0) await pause(IDLE_MS);
      } catch (error) {
        failures += 1;
        log.warn({ reason: messageOf(error) }, 'outbox not relayed');
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
  readonly published: number;
}

async function relayBatch(database: Database, publisher: Publisher, log: Logger): Promise<Batch> {
  return database.transaction(async (session) => {
    const rows = await session.rows<OutboxRow>(
      `SELECT id, topic, message_id AS messageId, payload, headers FROM outbox
       WHERE topic IN (${queueNames.map(() => '?').join(', ')})
       ORDER BY id LIMIT ${BATCH_ROWS} FOR UPDATE SKIP LOCKED`,
      queueNames,
    );
    if (rows.length === 0) return { kind: 'roll-back', result: { taken: 0, published: 0 } };
    const published = await publishAll(rows, publisher, log);
    await removeRows(session, published);
    return { kind: 'commit', result: { taken: rows.length, published: published.length } };
  });
}

/** The ids of the rows that the broker confirmed. */
async function publishAll(
  rows: readonly OutboxRow[],
  publisher: Publisher,
  log: Logger,
): Promise<readonly number[]> {
  const outcomes = await Promise.all(
    rows.map((row) =>
      publisher.publish(row.topic, {
        messageId: row.messageId,
        payload: JSON.parse(row.payload) as unknown,
        headers: JSON.parse(row.headers ?? '{}') as Record<string, string>,
      }),
    ),
  );
  const failed = outcomes.find((outcome) => outcome.kind !== 'confirmed');
  if (failed !== undefined) log.warn({ outcome: failed, rows: rows.length }, 'outbox not confirmed');
  return rows.filter((_, index) => outcomes[index]?.kind === 'confirmed').map((row) => row.id);
}

async function removeRows(session: Session, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await session.change(`DELETE FROM outbox WHERE id IN (${ids.map(() => '?').join(', ')})`, ids);
}
