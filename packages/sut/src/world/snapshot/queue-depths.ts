import type { ChannelModel } from 'amqplib';
import { readDeadLetters } from './dead-letters.ts';
import type { DeadLetter, QueueDepth } from './shop-snapshot.ts';
import type { ShopStores } from './shop-stores.ts';
import { withBroker } from './with-broker.ts';

/** The queues that empty by themselves, and must have before an audit. */
export const SHOP_QUEUES = ['cart', 'payments', 'refunds'] as const;

/** Where messages end that could not be handled: nobody takes them out again. */
const DEAD_LETTER_QUEUES = SHOP_QUEUES.map((name) => `${name}.dead`);

export function isDeadLetterQueue(name: string): boolean {
  return name.endsWith('.dead');
}

/**
 * How many messages wait in each of the shop's queues, dead letters included, by passive declare: it creates nothing and
 * consumes nothing. A queue that is not there is left out. Rejects when the broker cannot be asked.
 */
export function readQueueDepths(
  broker: ShopStores['rabbitmq'],
  signal: AbortSignal,
): Promise<readonly QueueDepth[]> {
  return withBroker(broker, signal, askAll);
}

/** The queues and what lies in those for dead letters. */
export interface BrokerReading {
  readonly queues: readonly QueueDepth[];
  readonly deadLetters: readonly DeadLetter[];
}

/** Rejects when the broker cannot be asked. Changes nothing. */
export function readBroker(broker: ShopStores['rabbitmq'], signal: AbortSignal): Promise<BrokerReading> {
  return withBroker(broker, signal, async (model) => {
    const queues = await askAll(model);
    const letters = queues
      .filter(({ name }) => isDeadLetterQueue(name))
      .map(({ name }) => readDeadLetters(model, name));
    return { queues, deadLetters: (await Promise.all(letters)).flat() };
  });
}

async function askAll(model: ChannelModel): Promise<readonly QueueDepth[]> {
  const depths: QueueDepth[] = [];
  for (const name of [...SHOP_QUEUES, ...DEAD_LETTER_QUEUES]) {
    const readyCount = await askOne(model, name);
    if (readyCount !== undefined) depths.push({ name, readyCount });
  }
  return depths;
}

/** On a channel of its own: the broker closes the channel when the queue does not exist. */
async function askOne(model: ChannelModel, name: string): Promise<number | undefined> {
  const channel = await model.createChannel();
  channel.on('error', () => undefined);
  try {
    const { messageCount } = await channel.checkQueue(name);
    await channel.close();
    return messageCount;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** AMQP 0-9-1 reply code 404. */
function isNotFound(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 404;
}
