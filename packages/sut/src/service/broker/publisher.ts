import { type Clock, messageOf } from '@stormcart/core';
import type { ConfirmChannel } from 'amqplib';
import type { Logger } from 'pino';
import { withinRemainingMs } from '../../policy/deadline.ts';
import type { RabbitmqEnvironment } from '../environment.ts';
import { tellOperation } from '../logging/operation.ts';
import { workHeaders } from '../logging/work.ts';
import { type BrokerConnection, connectBroker } from './connection.ts';
import { brokerFigures as figures } from './figures.ts';
import { messageFields } from './message-fields.ts';
import type { QueueName } from './queue.ts';

interface OutgoingMessage {
  /** Unique: consumers recognise a second delivery by it. */
  readonly messageId: string;
  readonly payload: unknown;
  /** Of the work that caused it, where that is not the work under way. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What became of a message: only `confirmed` means that it is stored on a majority of the queue's nodes. */
type PublishOutcome =
  | { readonly kind: 'confirmed' }
  /** The broker did not get it or did not take it. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Perhaps in the queue: no confirm came. */
  | { readonly kind: 'unknown'; readonly reason: string };

export interface Publisher extends BrokerConnection {
  /** Never rejects; ends within the confirm timeout, or when nobody waits any more. */
  publish(queue: QueueName, message: OutgoingMessage): Promise<PublishOutcome>;
}

type Waiting = Map<string, (outcome: PublishOutcome) => void>;

export function createPublisher(environment: RabbitmqEnvironment, clock: Clock, log: Logger): Publisher {
  /** By message id; those published on the present channel and not yet answered. */
  const waiting: Waiting = new Map();
  let channel: ConfirmChannel | undefined;
  let isBlocked = false;
  const connection = connectBroker(
    environment,
    {
      onOpen: (opened) => {
        channel = opened;
        isBlocked = false;
        // The broker returns what it cannot route before it confirms it.
        opened.on('return', (message) => {
          waiting.get(String(message.properties.messageId))?.({ kind: 'refused', reason: 'no such queue' });
        });
        return Promise.resolve();
      },
      onLost: () => {
        channel = undefined;
        for (const settle of waiting.values()) settle({ kind: 'unknown', reason: 'the connection was lost' });
      },
      onBlocked: (blocked) => {
        isBlocked = blocked;
      },
    },
    log,
  );
  const refusal = (messageId: string): string | undefined => {
    if (channel === undefined) return 'the broker is not connected';
    if (isBlocked) return 'the broker takes no messages for now';
    if (withinRemainingMs(figures.confirmTimeoutMs) <= 0) return 'nobody waits for it any more';
    if (waiting.size >= figures.unconfirmedMax) return 'too many messages wait for their confirm';
    return waiting.has(messageId) ? 'the same message is on its way' : undefined;
  };
  return {
    ...connection,
    publish: async (queue, message) => {
      const reason = refusal(message.messageId);
      const startedMs = performance.now();
      const headers = message.headers ?? workHeaders();
      const outcome: PublishOutcome =
        channel === undefined || reason !== undefined
          ? { kind: 'refused', reason: reason ?? 'the broker is not connected' }
          : await send(channel, waiting, clock, queue, { ...message, headers });
      const isConfirmed = outcome.kind === 'confirmed';
      tellOperation(
        { kind: 'messaging', name: 'send', queue },
        startedMs,
        isConfirmed ? undefined : outcome.kind,
      );
      const line = { ...messageFields(queue, message.messageId, message.payload, headers), ...outcome };
      log[isConfirmed ? 'info' : 'warn'](line, isConfirmed ? 'message published' : 'message not published');
      return outcome;
    },
  };
}

function send(
  channel: ConfirmChannel,
  waiting: Waiting,
  clock: Clock,
  queue: QueueName,
  { messageId, payload, headers }: OutgoingMessage,
): Promise<PublishOutcome> {
  return new Promise((resolve) => {
    const settle = (outcome: PublishOutcome): void => {
      cancel();
      // A late confirm must not take the place of a later try's entry.
      if (waiting.get(messageId) === settle) waiting.delete(messageId);
      resolve(outcome);
    };
    const waitMs = withinRemainingMs(figures.confirmTimeoutMs);
    const cancel = clock.after(waitMs, () => {
      settle({ kind: 'unknown', reason: `no confirm within ${Math.round(waitMs)} ms` });
    });
    waiting.set(messageId, settle);
    const options = {
      mandatory: true,
      persistent: true,
      messageId,
      contentType: 'application/json',
      headers,
    };
    try {
      channel.sendToQueue(queue, Buffer.from(JSON.stringify(payload)), options, (error: unknown) => {
        settle(outcomeOf(error));
      });
    } catch (error) {
      settle({ kind: 'refused', reason: messageOf(error) });
    }
  });
}

/** A closing channel calls back for everything that it still waited for; only a nack is the broker's own no. */
function outcomeOf(error: unknown): PublishOutcome {
  if (error === null) return { kind: 'confirmed' };
  const reason = messageOf(error);
  return { kind: reason === 'message nacked' ? 'refused' : 'unknown', reason };
}
