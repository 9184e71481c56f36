import { randomUUID } from 'node:crypto';
import type { Session } from '../database/database.ts';
import { workHeaders } from '../logging/work.ts';

/**
 * Adds a message to the outbox, in the transaction of the change that it tells of. It keeps the request and the trace
 * that it was caused by: whoever relays it later belongs to neither.
 */
export async function addToOutbox(session: Session, topic: string, payload: object): Promise<void> {
  await session.change('INSERT INTO outbox (topic, message_id, payload, headers) VALUES (?, ?, ?, ?)', [
    topic,
    randomUUID(),
    JSON.stringify(payload),
    JSON.stringify(workHeaders()),
  ]);
}
