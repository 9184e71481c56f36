import type { RabbitmqStore } from '@stormcart/core';
import { type ChannelModel, connect } from 'amqplib';
import { untilAborted } from './until-aborted.ts';

/** A node that is frozen accepts connections and never greets. */
const CONNECT_MS_MAX = 5_000;
/** Seconds. A dead node is noticed within three of them. */
const HEARTBEAT_SECONDS = 2;

/** Lends a connection to the store's virtual host that outlives neither the work nor the signal. */
export async function withBroker<Result>(
  { address, virtualHost, account }: RabbitmqStore,
  signal: AbortSignal,
  work: (model: ChannelModel) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  const model = await connect(
    {
      hostname: address.host,
      port: address.port,
      username: account.user,
      password: account.password,
      vhost: encodeURIComponent(virtualHost),
      heartbeat: HEARTBEAT_SECONDS,
    },
    { timeout: CONNECT_MS_MAX },
  );
  // A connection that breaks rejects the calls under way; the event itself has no other reader.
  model.on('error', () => undefined);
  const within = <Value>(task: Promise<Value>): Promise<Value> =>
    untilAborted(signal, (settle) => {
      task.then(
        (value) => settle(undefined, value),
        (error: unknown) => settle(error, undefined as Value),
      );
    });
  try {
    return await within(work(model));
  } finally {
    await within(model.close()).catch(() => undefined);
  }
}
