import type { Session } from '../service/database/database.ts';
import { isDuplicateKey } from '../service/database/failure.ts';

/** False when this message has had its effect. A second delivery under way at once waits here for the first. */
export async function enterInbox(session: Session, consumer: string, messageId: string): Promise<boolean> {
  try {
    await session.change('INSERT INTO inbox (consumer, message_id) VALUES (?, ?)', [consumer, messageId]);
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}
