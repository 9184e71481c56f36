import { randomUUID } from 'node:crypto';
import type { ChannelModel } from 'amqplib';
import { SHOP_QUEUES } from '../snapshot/queue-depths.ts';
import type { Poison } from '../snapshot/shop-snapshot.ts';
import type { ShopStores } from '../snapshot/shop-stores.ts';
import { withBroker } from '../snapshot/with-broker.ts';

/** Sends messages that no consumer can make sense of, and remembers them: these must end as dead letters. */
export interface PoisonSender {
  /** One into each queue. Never rejects: a broker that is down by a fault gets none. */
  send(): Promise<void>;
  readonly sent: readonly Poison[];
}

/** What a person would send by hand: no JSON. */
const POISON = Buffer.from('this is no message');

/** A broker that is frozen by a fault shall not hold up the probes for longer. */
const CONFIRM_MS_MAX = 2_000;

/** Each takes its own place in the dead letters; a handful shows the way there as well as a thousand. */
const SENT_MAX = 40;

/** Talks to the broker itself, past any fault proxy. */
export function createPoisonSender(broker: ShopStores['rabbitmq']): PoisonSender {
  const sent: Poison[] = [];
  return {
    sent,
    send: async () => {
      if (sent.length >= SENT_MAX) return;
      const within = AbortSignal.timeout(CONFIRM_MS_MAX);
      const batch = SHOP_QUEUES.map((queue) => ({ queue, messageId: randomUUID() }));
      let isSent = false;
      const publish = async (model: ChannelModel): Promise<void> => {
        isSent = true;
        await publishAll(model, batch);
      };
      const outcome = await withBroker(broker, within, publish).then(
        () => 'ok' as const,
        () => (isSent ? ('info' as const) : ('fail' as const)),
      );
      if (outcome !== 'fail') sent.push(...batch.map((message) => ({ ...message, outcome })));
    },
  };
}

async function publishAll(
  model: ChannelModel,
  batch: readonly { readonly queue: string; readonly messageId: string }[],
): Promise<void> {
  const channel = await model.createConfirmChannel();
  channel.on('error', () => undefined);
  for (const { queue, messageId } of batch) {
    channel.sendToQueue(queue, POISON, { persistent: true, messageId, contentType: 'application/json' });
  }
  await channel.waitForConfirms();
}
