import type { ChannelModel } from 'amqplib';
import type { DeadLetter } from './shop-snapshot.ts';

/** A drill injects a handful; as many as a person could ever look at. */
const READ_MAX = 1_000;

/**
 * Reads what lies in a dead-letter queue and leaves it there: taken without acknowledgement, and given back all at
 * once when the channel closes.
 */
export async function readDeadLetters(model: ChannelModel, queue: string): Promise<readonly DeadLetter[]> {
  const channel = await model.createChannel();
  channel.on('error', () => undefined);
  const letters: DeadLetter[] = [];
  try {
    while (letters.length < READ_MAX) {
      const message = await channel.get(queue, { noAck: false });
      if (message === false) break;
      const { messageId } = message.properties as { readonly messageId?: unknown };
      letters.push({ queue, messageId: typeof messageId === 'string' ? messageId : null });
    }
    return letters;
  } finally {
    await channel.close().catch(() => undefined);
  }
}
