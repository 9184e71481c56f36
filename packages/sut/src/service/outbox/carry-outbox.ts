import type { Database, Session } from '../database/database.ts';
import type { Turn } from '../loop/polling-loop.ts';

/** Rows taken at once: their locks are held until all of them are where they belong. */
const BATCH_ROWS = 50;

export interface OutboxRow<Topic extends string = string> {
  readonly id: number;
  readonly topic: Topic;
  readonly messageId: string;
  /** JSON. */
  readonly payload: string;
  /** JSON. */
  readonly headers: string | null;
}

/**
 * Carries a batch of the outbox's rows of these topics to where they belong: at least once, because a row goes only
 * after `carry` has named it. Several processes may do it at once; each skips what another has locked.
 *
 * `carry` gives the ids of the rows that arrived; the others stay for the next time.
 */
export async function carryOutbox<Topic extends string>(
  database: Database,
  topics: readonly Topic[],
  carry: (rows: readonly OutboxRow<Topic>[]) => Promise<readonly number[]>,
): Promise<Turn> {
  const ofTopics = `topic IN (${topics.map(() => '?').join(', ')})`;
  // Nearly always there is nothing: one statement without a lock instead of a transaction.
  const waiting = await database.rows(`SELECT 1 FROM outbox WHERE ${ofTopics} LIMIT 1`, topics);
  if (waiting.length === 0) return 'nothing';
  return database.transaction(async (session) => {
    const rows = await session.rows<OutboxRow<Topic>>(
      `SELECT id, topic, message_id AS messageId, payload, headers FROM outbox
       WHERE ${ofTopics} ORDER BY id LIMIT ${BATCH_ROWS} FOR UPDATE SKIP LOCKED`,
      topics,
    );
    if (rows.length === 0) return { kind: 'roll-back', result: 'nothing' };
    const carried = await carry(rows);
    await removeRows(session, carried);
    return { kind: 'commit', result: carried.length < rows.length ? 'stuck' : 'more' };
  });
}

async function removeRows(session: Session, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await session.change(`DELETE FROM outbox WHERE id IN (${ids.map(() => '?').join(', ')})`, ids);
}
