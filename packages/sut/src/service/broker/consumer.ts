import { type Clock, messageOf } from '@stormcart/core';
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { deadlineIn, withinDeadline } from '../../policy/deadline.ts';
import { messageDeadlineMs } from '../../policy/figures.ts';
import { isDatabaseUnavailable } from '../database/failure.ts';
import type { RabbitmqEnvironment } from '../environment.ts';
import { tellOperation } from '../logging/operation.ts';
import { TRACE_HEADER } from '../logging/trace.ts';
import { asPartOf, beginWork, REQUEST_ID_HEADER } from '../logging/work.ts';
import { backOffMs } from '../loop/back-off.ts';
import { type BrokerConnection, connectBroker } from './connection.ts';
import { brokerFigures as figures } from './figures.ts';
import { createKeyedOrder } from './keyed-order.ts';
import { deliveryFields } from './message-fields.ts';
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
  /**
   * Who does the work anyway when the message was tried in vain for a while: `the sweep`. Such a message is then done
   * with, because it says nothing that the database does not; without one it goes on to the dead letters.
   */
  readonly leftTo?: string;
}

/**
 * Consumes with a bounded number of messages in hand. A message that cannot be handled now is tried again in hand with
 * growing pauses, then given back to the broker, whose delivery limit ends the matter in the dead letters. While the
 * database is away it stays in hand, up to the half hour that RabbitMQ allows: no other try could succeed either, and an
 * outage is not the message's fault.
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
          const { headers, messageId } = message.properties;
          // Lines of the request that caused the message and of what is done here share its id and trace.
          const requestId: unknown = headers?.[REQUEST_ID_HEADER] ?? messageId;
          const work = beginWork(String(requestId), headers?.[TRACE_HEADER]);
          const handled = asPartOf(work, () => takeCare(channel, message, judge, consumption, log, signal));
          inHand.add(handled);
          void handled.finally(() => inHand.delete(handled));
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
  { queue, leftTo }: Pick<Consumption<z.ZodType>, 'queue' | 'leftTo'>,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const startedMs = performance.now();
  const fields = deliveryFields(queue, message);
  log.info(fields, message.fields.redelivered ? 'message redelivered' : 'message delivered');
  const verdict = await judge(message, signal);
  const errorType = verdict.kind === 'done' ? undefined : verdict.kind;
  tellOperation({ kind: 'messaging', name: 'process', queue }, startedMs, errorType);
  // The delivery tag belongs to a dead channel; its successor has delivered the message again.
  if (signal.aborted) return;
  switch (verdict.kind) {
    case 'done':
      channel.ack(message);
      log.info(fields, 'message handled');
      return;
    case 'poison':
      log.error({ ...fields, reason: verdict.reason }, 'message dead-lettered');
      channel.nack(message, false, false);
      return;
    case 'notNow':
      putAside(channel, message, leftTo, log.child({ ...fields, reason: verdict.reason }));
      return;
  }
}

/** What cannot be handled now comes again, or is somebody else's from here on, or ends in the dead letters. */
function putAside(
  channel: ConfirmChannel,
  message: ConsumeMessage,
  leftTo: string | undefined,
  log: Logger,
): void {
  // The broker counts the deliveries that came back; one more than its limit goes to the dead letters.
  const earlierDeliveries = Number(message.properties.headers?.['x-delivery-count'] ?? 0);
  if (leftTo !== undefined && earlierDeliveries + 1 >= figures.deliveriesBeforeLeft) {
    log.warn(`message left to ${leftTo}`);
    channel.ack(message);
    return;
  }
  const isLast = earlierDeliveries >= figures.deliveryLimit;
  log.warn(isLast ? 'message dead-lettered after its last delivery' : 'message given back to the broker');
  channel.nack(message, false, true);
}

async function tryInHand(
  handle: () => Promise<Handled>,
  clock: Clock,
  signal: AbortSignal,
): Promise<Verdict> {
  let failures = 0;
  for (let attempt = 1; ; attempt += 1) {
    // Not begun for a channel that is gone: the message is delivered again, and may be under way there already.
    if (signal.aborted) return { kind: 'notNow', reason: 'the channel was lost' };
    try {
      // Every try has its own: a message has no deadline, somebody was promised its effect.
      return await withinDeadline(deadlineIn(messageDeadlineMs, clock), handle);
    } catch (error) {
      if (!isDatabaseUnavailable(error)) failures += 1;
      if (failures >= figures.attemptsInHand) return { kind: 'notNow', reason: messageOf(error) };
      await clock.sleep(backOffMs(attempt, figures.retryPauseMs), signal).catch(() => undefined);
    }
  }
}
