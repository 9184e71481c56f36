import { expect } from 'vitest';
import { CLERK_EMAIL } from '../../src/schema/install-shop.ts';
import { ask, eventually, logIn, order, type TestAnswer, type TestCustomer } from '../shop-client.ts';
import type { ShopStage } from '../shop-stage.ts';
import type { ShopRig } from './shop-rig.ts';

export interface StockOnShelf {
  readonly initial: number;
  readonly available: number;
  readonly reserved: number;
  readonly sold: number;
}

/** Where tests order, pay, cancel and ship, and look at what became of it. */
export interface OrderDesk {
  /** The first and the second replica. */
  readonly urls: readonly [string, string];
  /** Orders as seldom as a person does: nobody has to look at these orders before they are shipped. */
  readonly buyer: TestCustomer;
  readonly stranger: TestCustomer;
  readonly clerk: TestCustomer;
  /** An order of the buyer's, not yet paid. */
  reserve(sku: number, quantity?: number): Promise<string>;
  /** An order of the buyer's that was paid. */
  paid(sku: number, quantity?: number): Promise<string>;
  post(orderId: string, what: string, body?: object, who?: TestCustomer): Promise<TestAnswer>;
  pay(orderId: string, cardToken?: string, who?: TestCustomer): Promise<TestAnswer>;
  cancel(orderId: string, who?: TestCustomer): Promise<TestAnswer>;
  ship(orderId: string, who?: TestCustomer): Promise<TestAnswer>;
  statusOf(orderId: string): Promise<string | undefined>;
  untilStatus(orderId: string, status: string): Promise<void>;
  /** The statuses that an order had, the first one first. */
  stepsOf(orderId: string): Promise<readonly string[]>;
  stockOf(sku: number): Promise<StockOnShelf>;
  capturesOf(orderId: string): readonly object[];
  refundsOf(orderId: string): readonly object[];
}

/** `first` is the number of the seeded customer who buys; the next one is the stranger. */
export async function openOrderDesk(
  { stage, account, orders }: Pick<ShopRig, 'account' | 'orders'> & { readonly stage: ShopStage },
  first: number,
): Promise<OrderDesk> {
  const enter = (name: string): Promise<TestCustomer> => logIn(account[0].url, name);
  const buyer = await enter(`customer-${first}@example.test`);
  const stranger = await enter(`customer-${first + 1}@example.test`);
  const clerk = await enter(CLERK_EMAIL);
  const urls = [orders[0].url, orders[1].url] as const;
  const { provider } = stage;
  const desk: OrderDesk = {
    urls,
    buyer,
    stranger,
    clerk,
    reserve: async (sku, quantity = 1) => {
      const answer = await order(urls[0], buyer.token, { items: [{ sku, quantity }] });
      expect(answer.status).toBe(201);
      return String(answer.body['orderId']);
    },
    paid: async (sku, quantity = 1) => {
      const orderId = await desk.reserve(sku, quantity);
      expect((await desk.pay(orderId)).status).toBe(202);
      await desk.untilStatus(orderId, 'PAID');
      return orderId;
    },
    post: (orderId, what, body = {}, { token } = buyer) =>
      ask('POST', `${urls[0]}/api/orders/${orderId}/${what}`, { token, body }),
    pay: (orderId, cardToken = 'tok_visa', who = buyer) => desk.post(orderId, 'payments', { cardToken }, who),
    cancel: (orderId, who = buyer) => desk.post(orderId, 'cancellations', {}, who),
    ship: (orderId, who = clerk) => desk.post(orderId, 'shipments', {}, who),
    statusOf: async (orderId) => {
      const rows = await stage.rows<{ status: string }>('SELECT status FROM orders WHERE id = ?', [orderId]);
      return rows[0]?.status;
    },
    untilStatus: (orderId, status) => eventually(async () => (await desk.statusOf(orderId)) === status),
    stepsOf: async (orderId) => {
      const rows = await stage.rows<{ to: string }>(
        'SELECT to_status AS `to` FROM order_event WHERE order_id = ? ORDER BY id',
        [orderId],
      );
      return rows.map(({ to }) => to);
    },
    stockOf: async (sku) => {
      const [row] = await stage.rows<StockOnShelf>(
        'SELECT initial, available, reserved, sold FROM stock WHERE product_id = ?',
        [sku],
      );
      if (row === undefined) throw new Error(`no stock of ${sku}`);
      return row;
    },
    capturesOf: (orderId) =>
      provider.charges().filter((charge) => charge.orderId === orderId && charge.status === 'captured'),
    refundsOf: (orderId) => provider.refunds().filter((refund) => refund.orderId === orderId),
  };
  return desk;
}
