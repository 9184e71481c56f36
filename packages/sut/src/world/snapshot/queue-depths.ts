import { type ChannelModel, connect } from 'amqplib';
import type { QueueDepth } from './shop-snapshot.ts';
import type { ShopStores } from './shop-stores.ts';

/** Connecting to a frozen broker would wait for ever. */
const CONNECT_MS_MAX = 5_000;

/** The queues that empty by themselves, and must have before an audit. */
export const SHOP_QUEUES = ['cart', 'payments'] as const;

/** Where messages end that could not be handled: nobody takes them out again. */
const DEAD_LETTER_QUEUES = ['cart.dead', 'payments.dead'] as const;

/**
 * How many messages wait in each of the shop's queues, dead letters included, by passive declare: it creates nothing and
 * consumes nothing. A queue that is not there is left out. Rejects when the broker cannot be asked.
 */
export async function readQueueDepths(
  broker: ShopStores['rabbitmq'],
  signal: AbortSignal,
): Promise<readonly QueueDepth[]> {
  signal.throwIfAborted();
  const options = { hostname: broker.host, port: broker.port, vhost: broker.vhost, heartbeat: 2 };
  const model = await connect(options, { timeout: CONNECT_MS_MAX });
  // A connection that breaks rejects the calls under way; the event itself has no other reader.
  model.on('error', () => undefined);
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([askAll(model), aborted.promise]);
  } finally {
    await Promise.race([model.close(), aborted.promise]).catch(() => undefined);
    signal.removeEventListener('abort', onAbort);
  }
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
