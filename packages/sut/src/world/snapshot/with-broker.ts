import { type ChannelModel, connect } from 'amqplib';
import type { ShopStores } from './shop-stores.ts';

/** Connecting to a frozen broker would wait for ever. */
const CONNECT_MS_MAX = 5_000;

/** Lends a connection to the shop's broker that outlives neither the work nor the signal. */
export async function withBroker<Result>(
  broker: ShopStores['rabbitmq'],
  signal: AbortSignal,
  work: (model: ChannelModel) => Promise<Result>,
): Promise<Result> {
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
    return await Promise.race([work(model), aborted.promise]);
  } finally {
    await Promise.race([model.close(), aborted.promise]).catch(() => undefined);
    signal.removeEventListener('abort', onAbort);
  }
}
