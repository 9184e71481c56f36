import { randomUUID } from 'node:crypto';
import { ask, eventually, logIn, type TestAnswer, type TestCustomer } from '../shop-client.ts';
import { openShopStage, type ShopStage, type TestService } from '../shop-stage.ts';

/** A booted shop to break: one replica of each service, and no worker until one is started. */
export interface FaultRig {
  readonly stage: ShopStage;
  /** Without a policy on its cache. */
  readonly catalog: TestService;
  readonly account: TestService;
  readonly orders: TestService;
  readonly shopper: Shopper;
}

/** Somebody whose cart and orders go on while things break. */
export interface Shopper extends TestCustomer {
  /** Puts an ever other quantity of the same product into the cart. */
  putItem(): Promise<TestAnswer>;
  /** Waits until the cart shows what was put last. */
  cartSettles(): Promise<void>;
  pay(orderId: string): Promise<TestAnswer>;
  cancel(orderId: string): Promise<TestAnswer>;
  /** Waits until the order shows it. */
  untilStatus(orderId: string, status: string, ms?: number): Promise<void>;
}

export async function openFaultRig(): Promise<FaultRig> {
  const stage = await openShopStage();
  const [catalog, account, orders] = await Promise.all([
    stage.start('catalog', 1, { SHOP_POLICY_CACHE: 'none' }),
    stage.start('account', 1),
    stage.start('orders', 1),
  ]);
  const shopper = shopperAt(account.url, orders.url, await logIn(account.url, 'customer-1@example.test'));
  return { stage, catalog, account, orders, shopper };
}

const SKU = 7;

function shopperAt(accountUrl: string, ordersUrl: string, customer: TestCustomer): Shopper {
  const { token } = customer;
  let seq = 0;
  return {
    ...customer,
    putItem: () => {
      seq += 1;
      const body = { quantity: (seq % 99) + 1, seq, opId: randomUUID() };
      return ask('PUT', `${accountUrl}/api/cart/items/${SKU}`, { token, body });
    },
    cartSettles: () =>
      eventually(async () => {
        const cart = await ask('GET', `${accountUrl}/api/cart?minSeq=${seq}`, { token });
        return cart.status === 200;
      }, 60_000),
    pay: (orderId) =>
      ask('POST', `${ordersUrl}/api/orders/${orderId}/payments`, { token, body: { cardToken: 'tok_visa' } }),
    cancel: (orderId) => ask('POST', `${ordersUrl}/api/orders/${orderId}/cancellations`, { token, body: {} }),
    untilStatus: (orderId, status, ms) =>
      eventually(async () => {
        const read = await ask('GET', `${ordersUrl}/api/orders/${orderId}`, { token });
        return read.body['status'] === status;
      }, ms),
  };
}
