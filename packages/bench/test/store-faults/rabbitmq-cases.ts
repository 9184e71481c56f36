import { createFault, type FaultTargets } from '@stormcart/chaos';
import type { Operation } from '@stormcart/core';
import { shop } from '@stormcart/sut';
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { describe, expect, it } from 'vitest';
import type { BootedShop } from '../fixture/booted-shop.ts';
import { isPending, openAmqp } from '../fixture/store-clients.ts';
import { during, specOf } from './during.ts';

/** What becomes of RabbitMQ's clients, on a shop that others have booted. */
export function rabbitmqCases(
  rig: () => { readonly booted: BootedShop; readonly targets: FaultTargets },
): void {
  describe('RabbitMQ', () => {
    async function openChannel(
      queue: string,
    ): Promise<{ readonly model: ChannelModel; readonly channel: ConfirmChannel }> {
      const model = await openAmqp(rig().booted.rabbitmq);
      const channel = await model.createConfirmChannel();
      channel.on('error', () => undefined);
      await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
      return { model, channel };
    }

    it('blocks publishers and holds their confirms back while its memory alarm is on', async () => {
      const { model, channel } = await openChannel('alarm');
      const blocked: string[] = [];
      model.on('blocked', (reason: string) => blocked.push(reason));
      let waiting: Promise<unknown> = Promise.resolve();
      const record = await during(
        createFault(specOf('rabbitmq', 'memory_alarm'), rig().targets),
        async () => {
          waiting = publish(channel, 'alarm');
          expect(await isPending(waiting, 1_000)).toBe(true);
        },
      );
      expect(blocked).toEqual(['low on memory']);
      expect(record.hits).toBeGreaterThanOrEqual(1);
      expect(await waiting).toBe('ack');
      await model.close();
    });

    it('has a full queue that refuses messages, and takes them again', async () => {
      const { model, channel } = await openChannel('full');
      const fault = createFault(specOf('rabbitmq', 'queue_full', { queue: 'full' }), rig().targets);
      const answers: string[] = [];
      const record = await during(fault, async () => {
        for (let count = 0; count < 5; count += 1) answers.push(await publish(channel, 'full'));
      });
      // A quorum queue takes one when it is empty.
      expect(answers).toEqual(['ack', 'nack', 'nack', 'nack', 'nack']);
      expect(record.hits).toBeGreaterThanOrEqual(4);
      expect(await publish(channel, 'full')).toBe('ack');
      expect((await channel.checkQueue('full')).messageCount).toBe(2);
      await model.close();
    });

    it('throws its clients out again and again', async () => {
      const fault = createFault(specOf('rabbitmq', 'close_connections', { every: 100 }), rig().targets);
      const reasons: string[] = [];
      const record = await during(fault, async () => {
        for (let round = 0; round < 2; round += 1) {
          const model = await openAmqp(rig().booted.rabbitmq);
          await new Promise<void>((resolve) => {
            model.on('close', (error?: Error) => {
              reasons.push(error?.message ?? '');
              resolve();
            });
          });
        }
      });
      expect(reasons).toEqual([expect.stringMatching(/320/), expect.stringMatching(/320/)]);
      expect(record.hits).toBeGreaterThanOrEqual(2);
      const model = await openAmqp(rig().booted.rabbitmq);
      await model.close();
    });

    it('carries messages that nobody can read to the dead letters, and the audit knows them', async () => {
      const { model, channel } = await openChannel('probe');
      const fault = createFault(
        specOf('rabbitmq', 'poison_message', { queue: 'cart', count: 3 }),
        rig().targets,
      );
      const record = await during(fault, async () => {
        await expect
          .poll(async () => (await channel.checkQueue('cart.dead')).messageCount, { timeout: 20_000 })
          .toBe(3);
      });
      expect(record.hits).toBe(3);
      await model.close();
      const operations = (fault.operations?.() ?? []).map(
        ({ begunMs, endedMs, ...operation }, index): Operation => ({
          ...operation,
          index: index + 1,
          journey: 'fault',
          customer: fault.id,
          sentMs: begunMs,
          endedMs,
        }),
      );
      const snapshot = await rig().booted.running.snapshot(AbortSignal.timeout(30_000));
      const invariant = shop.invariants.find(({ name }) => name === 'dead-letters');
      expect(invariant?.check(operations, snapshot)).toMatchObject({ answer: 'holds', checkedCount: 6 });
      expect(invariant?.check(operations.slice(1), snapshot)).toMatchObject({ answer: 'violated' });
    });

    it('dies, and is back', async () => {
      const model = await openAmqp(rig().booted.rabbitmq);
      const closed = new Promise<void>((resolve) => {
        model.once('close', () => resolve());
      });
      const record = await during(createFault(specOf('rabbitmq', 'kill_node'), rig().targets), () => closed);
      expect(record.hits).toBe(1);
      await (await openAmqp(rig().booted.rabbitmq)).close();
    });
  });
}

function publish(channel: ConfirmChannel, queue: string): Promise<'ack' | 'nack'> {
  return new Promise((resolve) => {
    channel.sendToQueue(queue, Buffer.from('{}'), {}, (error: unknown) =>
      resolve(error === null ? 'ack' : 'nack'),
    );
  });
}
