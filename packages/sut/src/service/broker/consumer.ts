import { type Clock, messageOf } from '@stormcart/core';
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { deadlineIn, withinDeadline } from '../../policy/deadline.ts';
import { messageDeadlineMs } from '../../policy/figures.ts';
import type { RabbitmqEnvironment } from '../environment.ts';
import { type BrokerConnection, connectBroker } from './connection.ts';
import { brokerFigures as figures } from './figures.ts';
import { createKeyedOrder } from './keyed-order.ts';
import type { QueueName } from './queue.ts';
import { readMessage } from './read-message.ts';

/**
 * What a handler made of a message. `done` after its effect is stored: it is acknowledged. `poison` when no try could
 * ever succeed: it goes to the dead letters, with the reason in the log. A rejection means "not now": it is tried again.
 */
export type Handled = { readonly kind: 'done' } | { readonly kind: 'poison'; readonly reason: string };

export interface Consumption<Schema extends z.ZodType> {
  readonly queue: QueueName;
  /** What does not fit is poison. */
  readonly schema: Schema;
  /** Messages with the same key are handled one after the other, in the order of their delivery. */
  readonly keyOf: (payload: z.infer<Schema>) => string;
  readonly handle: (payload: z.infer<Schema>, messageId: string) => Promise<Handled>;
}

/**
 * Consumes with a bounded number of messages in hand. A message that cannot be handled now is tried again in hand with
 * growing pauses, then given back to the broker, whose delivery limit ends the matter in the dead letters.
 */
export function startConsumer<Schema extends z.ZodType>(
  environment: RabbitmqEnvironment,
  consumption: Consumption<Schema>,
  clock: Clock,
  log: Logger,
): BrokerConnection {
  const judge = createJudge(consumption, clock);
  const inHand = new Set<Promise<void>>();
  let life = new AbortController();
  let stop = nothingToStop;
  const connection = connectBroker(
    environment,
    {
      onOpen: async (channel) => {
        life = new AbortController();
        const { signal } = life;
        await channel.prefetch(figures.prefetch);
        const { consumerTag } = await channel.consume(consumption.queue, (message) => {
          // The broker cancelled the consumer (its queue went away): start over.
          if (message === null) {
            channel.close().catch(() => undefined);
            return;
          }
          const work = takeCare(channel, message, judge, consumption.queue, log, signal);
          inHand.add(work);
          void work.finally(() => inHand.delete(work));
        });
        stop = async () => {
          await channel.cancel(consumerTag);
        };
      },
      onLost: () => {
        // Everything in hand will be delivered again; what is being written meanwhile is recognised by its id.
        life.abort(new Error('the channel was lost'));
        stop = nothingToStop;
      },
      onBlocked: () => undefined,
    },
    log,
  );
  return {
    ...connection,
    close: async () => {
      const giveUp = clock.sleep(figures.drainMs);
      await Promise.race([stop().catch(() => undefined), giveUp]);
      await Promise.race([Promise.all(inHand), giveUp]);
      life.abort(new Error('the consumer is closed'));
      await connection.close();
    },
  };
}

const nothingToStop = (): Promise<void> => Promise.resolve();

type Verdict = Handled | { readonly kind: 'notNow'; readonly reason: string };
type Judge = (message: ConsumeMessage, signal: AbortSignal) => Promise<Verdict>;

function createJudge<Schema extends z.ZodType>(consumption: Consumption<Schema>, clock: Clock): Judge {
  const order = createKeyedOrder();
  return async (message, signal) => {
    const read = readMessage(consumption.schema, message.content);
    if (read.kind === 'malformed') return { kind: 'poison', reason: read.reason };
    const { messageId } = message.properties;
    if (typeof messageId !== 'string') return { kind: 'poison', reason: 'no message id' };
    const attempt = () => consumption.handle(read.value, messageId);
    return order.run(consumption.keyOf(read.value), () => tryInHand(attempt, clock, signal));
  };
}

async function takeCare(
  channel: ConfirmChannel,
  message: ConsumeMessage,
  judge: Judge,
  queue: QueueName,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const { messageId } = message.properties as { readonly messageId?: unknown };
  const verdict = await judge(message, signal);
  // The delivery tag belongs to a dead channel; its successor has delivered the message again.
  if (signal.aborted) return;
  switch (verdict.kind) {
    case 'done':
      channel.ack(message);
      return;
    case 'poison':
      log.error({ queue, messageId, reason: verdict.reason }, 'message set aside as a dead letter');
      channel.nack(message, false, false);
      return;
    case 'notNow':
      log.warn({ queue, messageId, reason: verdict.reason }, 'message given back to the broker');
      channel.nack(message, false, true);
      return;
  }
}

async function tryInHand(
  handle: () => Promise<Handled>,
  clock: Clock,
  signal: AbortSignal,
): Promise<Verdict> {
  for (let attempt = 1; ; attempt += 1) {
    // Not begun for a channel that is gone: the message is delivered again, and may be under way there already.
    if (signal.aborted) return { kind: 'notNow', reason: 'the channel was lost' };
    try {
      // Every try has its own: a message has no deadline, somebody was promised its effect.
      return await withinDeadline(deadlineIn(messageDeadlineMs, clock), handle);
    } catch (error) {
      if (attempt >= figures.attemptsInHand) return { kind: 'notNow', reason: messageOf(error) };
      await clock.sleep(retryPauseMs(attempt), signal).catch(() => undefined);
    }
  }
}

/** Doubles from the first pause up to the longest. */
export function retryPauseMs(attempt: number): number {
  return Math.min(figures.retryPauseMs.first * 2 ** (attempt - 1), figures.retryPauseMs.longest);
}
