import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { ask, eventually, logIn, order, type TestAnswer, type TestCustomer } from '../shop-client.ts';
import type { ShopStage, TestService } from '../shop-stage.ts';
import type { CrashPoint } from './crash-preload.ts';
import type { CrashSteps, Point } from './crash-steps.ts';
import type { FaultRig } from './fault-rig.ts';

/** A product for everything that happens here: its stock tells at the end whether anything was lost. */
const SKU = 77;

let stage: ShopStage;
let orders: TestService;
let buyer: TestCustomer;
/** What must have become of each order in the end. */
const expected = new Map<string, string>();
let instance = 60;

/** Starts a service that dies at the point. */
function startMortal(service: 'orders' | 'worker', point: Point, about: string): Promise<TestService> {
  instance += 1;
  return stage.start(service, instance, {
    NODE_OPTIONS: `--import ${new URL('./crash-preload.ts', import.meta.url).href}`,
    CRASH_POINT: JSON.stringify({ ...point, about } satisfies CrashPoint),
    // Recovery must come from the message itself, not from the sweep.
    SHOP_STUCK_SECONDS: '600',
  });
}

const untilDead = ({ process }: TestService): Promise<void> =>
  eventually(() => Promise.resolve(process.pid() === undefined));

const items = { items: [{ sku: SKU, quantity: 2 }] };

const post = (service: TestService, orderId: string, what: string, body: object = {}): Promise<TestAnswer> =>
  ask('POST', `${service.url}/api/orders/${orderId}/${what}`, { token: buyer.token, body });

const pay = (service: TestService, orderId: string, cardToken = 'tok_visa'): Promise<TestAnswer> =>
  post(service, orderId, 'payments', { cardToken });

async function reserve(becomes: string): Promise<string> {
  const answer = await order(orders.url, buyer.token, items);
  expect(answer.status).toBe(201);
  const orderId = String(answer.body['orderId']);
  expected.set(orderId, becomes);
  return orderId;
}

async function statusOf(orderId: string): Promise<string | undefined> {
  const [row] = await stage.rows<{ status: string }>('SELECT status FROM orders WHERE id = ?', [orderId]);
  return row?.status;
}

/** Each kills a process at one step, and the last looks at what all of it led to. No worker may run beside them. */
export function crashCases(rig: () => FaultRig, steps: CrashSteps): void {
  beforeAll(async () => {
    ({ stage, orders } = rig());
    buyer = await logIn(rig().account.url, 'customer-3@example.test');
  });

  describe('a process that is killed', () => {
    it.each(steps.creation)(
      '$when $call while an order is made loses none and makes no second',
      async (point) => {
        const key = randomUUID();
        const mortal = await startMortal('orders', point, key);
        await expect(order(mortal.url, buyer.token, items, key)).rejects.toThrow();
        await untilDead(mortal);
        const again = await order(orders.url, buyer.token, items, key);
        expect(again.status).toBe(201);
        expected.set(String(again.body['orderId']), 'RESERVED');
        expect(await stage.rows('SELECT id FROM orders WHERE idempotency_key = ?', [key])).toEqual([
          { id: again.body['orderId'] },
        ]);
      },
    );

    it.each(steps.request)('$when $call while payment is asked for has it paid in the end', async (point) => {
      const orderId = await reserve('PAID');
      const mortal = await startMortal('orders', point, orderId);
      await expect(pay(mortal, orderId)).rejects.toThrow();
      await untilDead(mortal);
      expect((await pay(orders, orderId)).status).toBe(202);
    });

    it.each(steps.relay)('$when $call while the outbox is carried has the order paid once', async (point) => {
      const orderId = await reserve('PAID');
      const mortal = await startMortal('worker', point, orderId);
      expect((await pay(orders, orderId)).status).toBe(202);
      await untilDead(mortal);
    });

    it.each(steps.payment)('$when $call while an order is paid has it paid once', async (point) => {
      const orderId = await reserve('PAID');
      const mortal = await startMortal('worker', point, orderId);
      expect((await pay(orders, orderId)).status).toBe(202);
      await untilDead(mortal);
    });

    it.each(steps.refusal)(
      '$when $call while a card is refused has the order cancelled once',
      async (point) => {
        const orderId = await reserve('CANCELLED');
        const mortal = await startMortal('worker', point, orderId);
        expect((await pay(orders, orderId, 'tok_declined')).status).toBe(202);
        await untilDead(mortal);
      },
    );

    it.each(steps.expiry)('$when $call while a reservation expires has it cancelled once', async (point) => {
      const orderId = await reserve('CANCELLED');
      const mortal = await startMortal('worker', point, orderId);
      await stage.rows('UPDATE orders SET updated_at = NOW(3) - INTERVAL 1 DAY WHERE id = ?', [orderId]);
      await untilDead(mortal);
    });

    it('leaves paid orders to be cancelled', async () => {
      const worker = await stage.start('worker', 51);
      const count = steps.cancellation.length + steps.refund.length;
      for (let index = 0; index < count; index += 1) {
        const orderId = await reserve('PAID');
        expect((await pay(orders, orderId)).status).toBe(202);
      }
      await eventually(async () => (await unsettled()).length === 0);
      await worker.process.stop();
    });

    it.each(steps.cancellation)(
      '$when $call while an order is cancelled has it refunded in the end',
      async (point) => {
        const orderId = takePaid();
        const mortal = await startMortal('orders', point, orderId);
        await expect(post(mortal, orderId, 'cancellations')).rejects.toThrow();
        await untilDead(mortal);
        expect((await post(orders, orderId, 'cancellations')).status).toBe(202);
      },
    );

    it.each(steps.refund)('$when $call while money is given back has it given back once', async (point) => {
      const orderId = takePaid();
      const about = point.call.includes('refunds') ? `refund-${orderId}` : orderId;
      const mortal = await startMortal('worker', point, about);
      expect((await post(orders, orderId, 'cancellations')).status).toBe(202);
      await untilDead(mortal);
    });

    it('leaves a captured payment whose order was cancelled meanwhile to be refunded', async () => {
      const orderId = await reserve('REFUNDED');
      const mortal = await startMortal('worker', { when: 'after', call: '^POST .*/charges' }, orderId);
      expect((await pay(orders, orderId)).status).toBe(202);
      await untilDead(mortal);
      expect(await statusOf(orderId)).toBe('PAYING');
      expect((await post(orders, orderId, 'cancellations')).body).toEqual({ orderId, status: 'REFUNDING' });
    });
  });

  describe('after all the crashes', () => {
    it('every order ends where it must, paid once or given back once, and no goods are lost', async () => {
      const worker = await stage.start('worker', 52);
      await eventually(async () => (await unsettled()).length === 0);
      await worker.process.stop();
      const sold = [...expected.values()].filter((status) => status === 'PAID').length;
      const reserved = [...expected.values()].filter((status) => status === 'RESERVED').length;
      expect(
        await stage.rows('SELECT available, reserved, sold FROM stock WHERE product_id = ?', [SKU]),
      ).toEqual([{ available: 1_000 - 2 * (sold + reserved), reserved: 2 * reserved, sold: 2 * sold }]);
      for (const [orderId, status] of expected) {
        const taken = stage.provider.charges().filter((entry) => entry.orderId === orderId);
        const captured = taken.filter((entry) => entry.status === 'captured');
        const returned = stage.provider.refunds().filter((entry) => entry.orderId === orderId);
        const isTaken = status === 'PAID' || status === 'REFUNDED';
        expect([orderId, captured.length]).toEqual([orderId, isTaken ? 1 : 0]);
        expect([orderId, returned.length]).toEqual([orderId, status === 'REFUNDED' ? 1 : 0]);
      }
      expect(await stage.rows('SELECT id FROM outbox')).toEqual([]);
      expect(
        await stage.rows('SELECT order_id FROM order_event GROUP BY order_id, to_status HAVING COUNT(*) > 1'),
      ).toEqual([]);
    });
  });
}

/** Orders that are not yet where they must end. */
async function unsettled(): Promise<readonly string[]> {
  const rows = await stage.rows<{ id: string; status: string }>('SELECT id, status FROM orders');
  const now = new Map(rows.map(({ id, status }) => [id, status]));
  return [...expected].filter(([id, status]) => now.get(id) !== status).map(([id]) => id);
}

/** A paid order that is to be refunded from now on. */
function takePaid(): string {
  const [orderId] = [...expected].toReversed().find(([, status]) => status === 'PAID') ?? [];
  if (orderId === undefined) throw new Error('no order is paid');
  expected.set(orderId, 'REFUNDED');
  return orderId;
}
