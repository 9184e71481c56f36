import { type Clock, leasePort, systemClock } from '@stormcart/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAssessment } from '../../src/fraud/assess-order.ts';
import { readFacts } from '../../src/fraud/read-facts.ts';
import { createPolicy } from '../../src/policy/create-policy.ts';
import { policyFigures } from '../../src/policy/figures.ts';
import { startConsumer } from '../../src/service/broker/consumer.ts';
import { brokerFigures } from '../../src/service/broker/figures.ts';
import { createPublisher } from '../../src/service/broker/publisher.ts';
import { type Database, openDatabase } from '../../src/service/database/database.ts';
import { databaseUnavailable } from '../../src/service/database/failure.ts';
import { createLog } from '../../src/service/log.ts';
import { cartConsumption } from '../../src/worker/cart-consumer.ts';
import { startOrderSweep } from '../../src/worker/order-sweep.ts';
import { startOutboxRelay } from '../../src/worker/outbox-relay.ts';
import { paymentConsumption } from '../../src/worker/payment-consumer.ts';
import { createPaymentProvider } from '../../src/worker/payment-provider.ts';
import { refundConsumption } from '../../src/worker/refund-consumer.ts';
import { type BrokerDesk, openBrokerDesk } from '../shop/broker-desk.ts';
import { eventually, order } from '../shop-client.ts';
import { openRelay } from '../shop-relay.ts';
import type { FaultRig } from './fault-rig.ts';

/** A clock on which so many seconds pass in one: the pauses between tries are what makes an outage long. */
function hurried(times: number): Clock {
  return {
    ...systemClock,
    now: () => systemClock.now() * times,
    sleep: (ms, signal) => systemClock.sleep(ms / times, signal),
    after: (ms, callback) => systemClock.after(ms / times, callback),
  };
}

/** The worker's parts, in this process, on the shop's own stores. */
interface Workbench {
  readonly database: Database;
  readonly environment: Parameters<typeof startConsumer>[0];
  readonly log: ReturnType<typeof createLog>;
  /** How often the log said this. */
  said(message: string): number;
}

function openWorkbench({ stage: { mariadb, rabbitmq } }: FaultRig): Workbench {
  const lines: string[] = [];
  return {
    database: openDatabase(
      {
        SHOP_MARIADB: mariadb.address,
        SHOP_MARIADB_USER: mariadb.account.user,
        SHOP_MARIADB_PASSWORD: mariadb.account.password,
        SHOP_MARIADB_DATABASE: mariadb.database,
      },
      systemClock,
      'by the caller',
    ),
    environment: { SHOP_RABBITMQ: rabbitmq.address, SHOP_RABBITMQ_VHOST: rabbitmq.virtualHost },
    log: createLog({ SHOP_SERVICE: 'worker', SHOP_INSTANCE: 99 }, { write: (line) => void lines.push(line) }),
    said: (message) => lines.filter((line) => line.includes(`"msg":"${message}"`)).length,
  };
}

/** Outages that outlast every try of a message. Brings its own worker: no other may run. */
export function longOutageCases(rig: () => FaultRig): void {
  let bench: Workbench;
  let broker: BrokerDesk;
  beforeAll(() => {
    bench = openWorkbench(rig());
    broker = openBrokerDesk(rig().stage);
  });
  afterAll(() => bench.database.close());

  const reserve = async (): Promise<string> => {
    const { orders, shopper } = rig();
    const answer = await order(orders.url, shopper.token, { items: [{ sku: 75, quantity: 1 }] });
    expect(answer.status).toBe(201);
    return String(answer.body['orderId']);
  };

  describe('a payment provider that is away for longer than any message is tried', () => {
    it('costs no order its payment or refund, and makes no dead letter', async () => {
      const { stage, shopper } = rig();
      const lease = await leasePort();
      const address = { host: '127.0.0.1', port: lease.port };
      const { database, environment, log } = bench;
      const parts = {
        database,
        log,
        provider: createPaymentProvider(address, policyFigures.payment.lastResortMs),
        policy: createPolicy('opossum', 'worker.payment', policyFigures.payment),
        assess: createAssessment(
          (paid) => readFacts(database, paid),
          createPolicy('none', 'worker.fraud', policyFigures.fraud),
        ),
      };
      const publisher = createPublisher(environment, systemClock, log);
      const works = [
        startOutboxRelay(database, publisher, systemClock, log),
        startConsumer(environment, paymentConsumption(parts), hurried(20), log),
        startConsumer(environment, refundConsumption(parts), hurried(20), log),
        startOrderSweep(parts, { stuckAfterSeconds: 1, abandonedAfterSeconds: 3_600 }, hurried(10)),
      ];
      const [kept, cancelled] = [await reserve(), await reserve()];
      for (const orderId of [kept, cancelled]) expect((await shopper.pay(orderId)).status).toBe(202);
      await eventually(async () => bench.said('message left to the sweep') === 2);
      expect((await shopper.cancel(cancelled)).body).toMatchObject({ status: 'REFUNDING' });
      await eventually(async () => bench.said('message left to the sweep') === 3);
      await shopper.untilStatus(kept, 'PAYING');

      const provider = await openRelay(stage.provider.address, lease.port);
      await shopper.untilStatus(kept, 'PAID');
      await shopper.untilStatus(cancelled, 'CANCELLED');
      for (const queue of ['payments', 'refunds', 'payments.dead', 'refunds.dead']) {
        expect([queue, await broker.depthOf(queue)]).toEqual([queue, 0]);
      }
      const charges = stage.provider.charges().filter(({ orderId }) => [kept, cancelled].includes(orderId));
      expect(charges.filter(({ status }) => status === 'captured')).toEqual([
        expect.objectContaining({ orderId: kept }),
      ]);

      await Promise.all(works.map((work) => work.close()));
      await publisher.close();
      parts.policy.close();
      await provider.close();
      await lease.close();
    });
  });

  describe('a database that is away for longer than any message may be delivered', () => {
    it('costs no cart its operation', async () => {
      const { shopper } = rig();
      const { database, environment, log } = bench;
      let attempts = 0;
      let isAway = true;
      const away: Database = {
        ...database,
        transaction: (work) => {
          attempts += 1;
          if (isAway) return Promise.reject(databaseUnavailable(new Error('away')));
          return database.transaction(work);
        },
      };
      const consumer = startConsumer(environment, cartConsumption(away), hurried(400), log);
      expect((await shopper.putItem()).status).toBe(202);
      const { attemptsInHand, deliveryLimit } = brokerFigures;
      await eventually(async () => attempts > attemptsInHand * (deliveryLimit + 2));
      isAway = false;
      await shopper.cartSettles();
      expect(await broker.depthOf('cart.dead')).toBe(0);
      await consumer.close();
    });
  });
}
