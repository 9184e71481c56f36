import type { MariadbStore, RabbitmqStore, RedisStore, SystemStore } from '@stormcart/core';
import { type Channel, type ChannelModel, connect } from 'amqplib';
import { type MariadbSession, mariadbServerOf, openMariadb } from './mariadb-client.ts';
import { redisServerOf, withRedis } from './redis-client.ts';
import { untilAborted } from './until-aborted.ts';

/** Feels how quick a store answers: one small question at a time, past any fault proxy, on a connection of its own. */
export interface StorePulse {
  /** Milliseconds that the store took for the smallest question there is. Rejects when it did not answer. */
  beat(signal: AbortSignal): Promise<number>;
  close(): Promise<void>;
}

/** Nothing is opened before the first beat; what broke is opened again at the next. */
export function openStorePulse(store: SystemStore): StorePulse {
  switch (store.technology) {
    case 'mariadb':
      return mariadbPulse(store);
    case 'redis':
      return redisPulse(store);
    case 'rabbitmq':
      return rabbitmqPulse(store);
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

function mariadbPulse(store: MariadbStore): StorePulse {
  let session: MariadbSession | undefined;
  return {
    beat: async (signal) => {
      if (session === undefined || session.hasEnded())
        session = await openMariadb(mariadbServerOf(store), signal);
      const open = session;
      try {
        return await timed(() => open.rows('SELECT 1', [], signal));
      } catch (error) {
        open.close();
        throw error;
      }
    },
    close: () => {
      session?.close();
      return Promise.resolve();
    },
  };
}

/** A connection for each beat: opening one costs Redis nothing to speak of, and a lent one never outlives its beat. */
function redisPulse(store: RedisStore): StorePulse {
  return {
    beat: (signal) => withRedis(redisServerOf(store), signal, (redis) => timed(() => redis.ping())),
    close: () => Promise.resolve(),
  };
}

interface BrokerLine {
  readonly model: ChannelModel;
  readonly channel: Channel;
}

/** A node that is frozen accepts connections and never greets. */
const CONNECT_MS_MAX = 2_000;
/** Every broker has it; asking whether it is there goes through the channel's process and back. */
const PREDECLARED_EXCHANGE = 'amq.direct';

/** One connection for all beats: RabbitMQ logs each one that comes and goes. */
function rabbitmqPulse(store: RabbitmqStore): StorePulse {
  let line: BrokerLine | undefined;
  const drop = (): void => {
    void line?.model.close().catch(() => undefined);
    line = undefined;
  };
  return {
    beat: async (signal) => {
      line ??= await openLine(store, () => {
        line = undefined;
      });
      const { channel } = line;
      try {
        return await timed(() =>
          untilAborted(signal, (settle) => {
            channel.checkExchange(PREDECLARED_EXCHANGE).then(
              () => settle(undefined, undefined),
              (error: unknown) => settle(error, undefined),
            );
          }),
        );
      } catch (error) {
        drop();
        throw error;
      }
    },
    close: () => {
      drop();
      return Promise.resolve();
    },
  };
}

async function openLine(
  { address, account, virtualHost }: RabbitmqStore,
  onLost: () => void,
): Promise<BrokerLine> {
  const { user: username, password } = account;
  const vhost = encodeURIComponent(virtualHost);
  const model = await connect(
    { hostname: address.host, port: address.port, username, password, vhost, heartbeat: 2 },
    { timeout: CONNECT_MS_MAX },
  );
  model.on('error', () => undefined);
  model.on('close', onLost);
  const channel = await model.createChannel();
  channel.on('error', () => undefined);
  return { model, channel };
}
