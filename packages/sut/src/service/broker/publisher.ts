import { type Clock, messageOf } from '@stormcart/core';
import type { ConfirmChannel } from 'amqplib';
import type { Logger } from 'pino';
import { withinRemainingMs } from '../../policy/deadline.ts';
import type { RabbitmqEnvironment } from '../environment.ts';
import { type BrokerConnection, connectBroker } from './connection.ts';
import { brokerFigures as figures } from './figures.ts';
import type { QueueName } from './queue.ts';

interface OutgoingMessage {
  /** Unique: consumers recognise a second delivery by it. */
  readonly messageId: string;
  readonly payload: unknown;
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
    publish: (queue, message) => {
      const reason = refusal(message.messageId);
      if (channel === undefined || reason !== undefined) {
        return Promise.resolve({ kind: 'refused', reason: reason ?? 'the broker is not connected' });
      }
      return send(channel, waiting, clock, queue, message);
    },
  };
}

function send(
  channel: ConfirmChannel,
  waiting: Waiting,
  clock: Clock,
  queue: QueueName,
  { messageId, payload }: OutgoingMessage,
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
    const options = { mandatory: true, persistent: true, messageId, contentType: 'application/json' };
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
