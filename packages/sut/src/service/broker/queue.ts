import type { Channel } from 'amqplib';
import { brokerFigures } from './figures.ts';

/** Also the outbox's topics that go to the broker. */
export const queueNames = ['cart', 'payments', 'refunds'] as const;
export type QueueName = (typeof queueNames)[number];

/** Where a queue's undeliverable messages end. */
function deadLetterQueue(queue: QueueName): string {
  return `${queue}.dead`;
}

/**
 * Declares every queue. Publishers and consumers both do it, with the same arguments, so that neither has to start
 * first and no message is published into nothing.
 */
export async function declareQueues(channel: Channel): Promise<void> {
  for (const queue of queueNames) {
    await channel.assertQueue(deadLetterQueue(queue), {
      durable: true,
      arguments: { 'x-queue-type': 'quorum' },
    });
    await channel.assertQueue(queue, {
      durable: true,
      arguments: {
        'x-queue-type': 'quorum',
        'x-delivery-limit': brokerFigures.deliveryLimit,
        'x-max-length': brokerFigures.queueLengthMax,
        // Needed for at-least-once dead letters, and the honest answer to a publisher of a full queue.
        'x-overflow': 'reject-publish',
        'x-dead-letter-exchange': '',
        'x-dead-letter-routing-key': deadLetterQueue(queue),
        'x-dead-letter-strategy': 'at-least-once',
        // One worker at a time keeps the order of a customer's operations; another takes over when it goes.
        ...(queue === 'cart' ? { 'x-single-active-consumer': true } : {}),
      },
    });
  }
}
