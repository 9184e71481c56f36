import type { Clock } from '@stormcart/core';
import type { Logger } from 'pino';
import type { Publisher } from '../service/broker/publisher.ts';
import { type QueueName, queueNames } from '../service/broker/queue.ts';
import type { Database } from '../service/database/database.ts';
import { type PollingFigures, type PollingLoop, startPolling } from '../service/loop/polling-loop.ts';
import { carryOutbox, type OutboxRow } from '../service/outbox/carry-outbox.ts';

const figures: PollingFigures = {
  /** What a payment may wait for nothing; ten small queries a second are nothing to the database. */
  idleMs: 100,
  moreMs: 0,
  failureMs: { first: 100, longest: 1_000 },
};

/** Carries the outbox to the broker. Topics that are no queue are for others to take. */
export function startOutboxRelay(
  database: Database,
  publisher: Publisher,
  clock: Clock,
  log: Logger,
): PollingLoop {
  return startPolling(() => carryOutbox(database, queueNames, (rows) => publishAll(rows, publisher, log)), {
    figures,
    clock,
    log,
    failure: 'outbox not relayed',
  });
}

/** The ids of the rows that the broker confirmed. */
async function publishAll(
  rows: readonly OutboxRow<QueueName>[],
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
