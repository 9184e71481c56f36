import { messageOf } from '@stormcart/core';
import { type ChannelModel, type ConfirmChannel, connect, type RecoveringChannelModel } from 'amqplib';
import type { Logger } from 'pino';
import type { RabbitmqEnvironment } from '../environment.ts';
import type { NeededStore } from '../readiness.ts';
import { brokerFigures as figures } from './figures.ts';
import { declareQueues } from './queue.ts';

/** What lives on one channel; told of every life of it. */
export interface ChannelUser {
  /** A fresh channel, queues declared. A rejection makes the connection start over. */
  onOpen(channel: ConfirmChannel): Promise<void>;
  /** The channel is gone: nothing sent on it will be answered any more. */
  onLost(): void;
  /** The broker takes no messages for now (its memory or disk alarm). */
  onBlocked(isBlocked: boolean): void;
}

/** One connection with one channel, opened again whenever it breaks. */
export interface BrokerConnection extends NeededStore {
  close(): Promise<void>;
}

/**
 * Keeps one connection to RabbitMQ alive by amqplib's own recovery. Publishers and consumers each take their own: a
 * broker under memory alarm stops reading from connections that publish, acknowledgements included.
 */
export function connectBroker(
  environment: RabbitmqEnvironment,
  user: ChannelUser,
  log: Logger,
): BrokerConnection {
  let isOpen = false;
  const open = async (model: ChannelModel): Promise<void> => {
    // Without a listener an 'error' event ends the process; 'close' follows and starts recovery.
    model.on('error', (error: Error) => log.warn({ reason: error.message }, 'broker connection failed'));
    const channel = await model.createConfirmChannel();
    channel.on('error', (error: Error) => log.warn({ reason: error.message }, 'broker channel failed'));
    channel.on('close', () => {
      isOpen = false;
      user.onLost();
      // A channel that broke alone takes its connection along, so that there is one way to recover, not two.
      model.close().catch(() => undefined);
    });
    await declareQueues(channel);
    await user.onOpen(channel);
    isOpen = true;
    log.info('broker connected');
  };
  const connection = startConnection(environment, open);
  void connection.then((recovering) => {
    recovering.on('error', () => undefined);
    recovering.on('connect-failed', (error: Error) => log.debug({ reason: messageOf(error) }, 'broker away'));
    recovering.on('disconnect', (error: Error) => log.warn({ reason: messageOf(error) }, 'broker lost'));
    recovering.on('blocked', (reason: string) => {
      log.warn({ reason }, 'broker blocks publishers');
      user.onBlocked(true);
    });
    recovering.on('unblocked', () => user.onBlocked(false));
  });
  return {
    name: 'rabbitmq',
    reach: () => (isOpen ? Promise.resolve() : Promise.reject(new Error('not connected'))),
    close: async () => (await connection).close(),
  };
}

function startConnection(
  environment: RabbitmqEnvironment,
  setup: (model: ChannelModel) => Promise<void>,
): Promise<RecoveringChannelModel> {
  return connect(
    {
      protocol: 'amqp',
      hostname: environment.SHOP_RABBITMQ.host,
      port: environment.SHOP_RABBITMQ.port,
      vhost: encodeURIComponent(environment.SHOP_RABBITMQ_VHOST),
      heartbeat: figures.heartbeatSeconds,
    },
    {
      noDelay: true,
      timeout: figures.connectTimeoutMs,
      recovery: {
        initialDelay: figures.reconnectMs.first,
        maxDelay: figures.reconnectMs.longest,
        waitForConnect: false,
        setup,
      },
    },
  );
}
