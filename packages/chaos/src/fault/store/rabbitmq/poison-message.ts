import { randomUUID } from 'node:crypto';
import {
  FAULT_MESSAGE_ACTION,
  type FaultMessage,
  messageOf,
  type RabbitmqStore,
  systemClock,
} from '@stormcart/core';
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { ChaosError } from '../../../chaos-error.ts';
import { withBroker } from '../../../store-client/amqp-client.ts';
import { settleAll } from '../../settle-all.ts';
import type { StoreKind, StoreRequest } from '../store-kind.ts';
import type { StorePart } from '../store-part.ts';
import { queuesOf } from './queues-of.ts';

/** Messages that no consumer can make sense of. What becomes of them is up to the system; taken back they are not. */
export const poisonMessage: StoreKind<RabbitmqStore> = {
  about: 'Puts messages into a queue that no consumer can read.',
  technologies: ['rabbitmq'],
  attributes: {
    queue: { kind: 'text', about: 'the queue', example: 'cart', lengthMax: 255 },
    count: { kind: 'count', about: 'how many messages', min: 1, max: 1_000, usual: 1 },
  },
  create: (stores, request) => stores.map((store) => poisonPart(store, request)),
};

/** Neither text nor JSON, and no known binary format: it begins like a PNG that an FTP client has spoilt. */
const POISON = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0a, 0x0a, 0x00, 0xff, 0xfe, 0x7b, 0x22]);

interface Sent {
  readonly messageId: string;
  readonly begunMs: number;
  /** Undefined without the broker's word: it may have arrived, or not. */
  confirmedMs: number | undefined;
}

function poisonPart(store: RabbitmqStore, { attributes }: StoreRequest): StorePart {
  const queue = String(attributes['queue']);
  const sent: Sent[] = [];
  return {
    apply: ({ signal }) =>
      withBroker(store, signal, async (model) => {
        await requireQueue(model, store, queue, signal);
        const channel = await model.createConfirmChannel();
        channel.on('error', () => undefined);
        const broken = Promise.withResolvers<never>();
        channel.once('close', () =>
          broken.reject(new Error('the connection broke before the broker confirmed')),
        );
        // Also when nobody waits for it any more.
        broken.promise.catch(() => undefined);
        const confirms = Array.from({ length: Number(attributes['count']) }, () => {
          const message: Sent = {
            messageId: randomUUID(),
            begunMs: systemClock.now(),
            confirmedMs: undefined,
          };
          sent.push(message);
          return Promise.race([publish(channel, queue, message), broken.promise]);
        });
        await settleAll(confirms);
      }),
    revert: async () => undefined,
    isGone: async () => true,
    hits: () => sent.filter(({ confirmedMs }) => confirmedMs !== undefined).length,
    operations: () =>
      sent.map(({ messageId, begunMs, confirmedMs }) => ({
        action: FAULT_MESSAGE_ACTION,
        key: messageId,
        outcome: confirmedMs === undefined ? 'info' : 'ok',
        input: { store: store.name, queue } satisfies FaultMessage,
        begunMs,
        endedMs: confirmedMs ?? systemClock.now(),
      })),
  };
}

function publish(channel: ConfirmChannel, queue: string, message: Sent): Promise<void> {
  return new Promise((resolve, reject) => {
    const { messageId } = message;
    channel.sendToQueue(queue, POISON, { persistent: true, messageId }, (error: unknown) => {
      if (error !== null && error !== undefined) {
        reject(new Error(`the broker did not take a message for ${queue}: ${messageOf(error)}`));
        return;
      }
      message.confirmedMs = systemClock.now();
      resolve();
    });
  });
}

/** AMQP's reply code for what is not there. */
const NOT_FOUND = 404;

/** A message for a queue that does not exist is dropped, and confirmed all the same. */
async function requireQueue(
  model: ChannelModel,
  { name, virtualHost, control }: RabbitmqStore,
  queue: string,
  signal: AbortSignal,
): Promise<void> {
  const channel = await model.createChannel();
  channel.on('error', () => undefined);
  try {
    await channel.checkQueue(queue);
    await channel.close();
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (code !== NOT_FOUND) throw error;
    const known = control === undefined ? [] : await queuesOf(control, virtualHost, signal);
    const accepted = known.map((each) => each.name);
    throw new ChaosError({
      kind: 'usage',
      code: 'BAD_FAULT',
      message: `${name} has no queue \`${queue}\`${accepted.length === 0 ? '' : `; it has ${accepted.join(', ')}`}`,
      details: { accepted },
    });
  }
}
