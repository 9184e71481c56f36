import { connect } from 'amqplib';
import { type ShopStage, textOf } from '../shop-stage.ts';

type ConfirmChannel = Awaited<ReturnType<Awaited<ReturnType<typeof connect>>['createConfirmChannel']>>;

/** Sends to the shop's queues and looks into them, as nobody but a test does. */
export interface BrokerDesk {
  publish(queue: string, text: string, messageId: string): Promise<void>;
  /** How many messages wait there. */
  depthOf(queue: string): Promise<number>;
}

export function openBrokerDesk({ rabbitmq }: ShopStage): BrokerDesk {
  const onChannel = async <Result>(use: (channel: ConfirmChannel) => Promise<Result>): Promise<Result> => {
    const model = await connect(`amqp://${textOf(rabbitmq.address)}/${rabbitmq.virtualHost}`);
    try {
      return await use(await model.createConfirmChannel());
    } finally {
      await model.close();
    }
  };
  return {
    publish: (queue, text, messageId) =>
      onChannel(async (channel) => {
        channel.sendToQueue(queue, Buffer.from(text), { messageId, persistent: true });
        await channel.waitForConfirms();
      }),
    depthOf: (queue) => onChannel(async (channel) => (await channel.checkQueue(queue)).messageCount),
  };
}
