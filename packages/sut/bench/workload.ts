import { randomUUID } from 'node:crypto';
import { SEED_PASSWORD } from '../src/schema/install-shop.ts';
import { type BenchClient, openClient } from './client.ts';

/** What one user of a closed loop does again and again. */
export interface Workload {
  readonly name: string;
  readonly about: string;
  /** One round; false when an answer was not the one that a healthy shop gives. */
  readonly round: (client: BenchClient, number: number) => Promise<boolean>;
}

/** Few enough that all are in the cache after the warm-up, enough that it is not one key. */
const PRODUCTS_READ = 200;
/** The whole catalogue, each with stock of 1,000: no run is long enough to sell one out. */
const PRODUCTS_SOLD = 10_000;
/** Several, so that customers do not wait for one another's rows; each costs a password hash to log in. */
const CUSTOMERS = 6;

export const cachedProduct: Workload = {
  name: 'cached product',
  about: 'GET /api/product out of the cache',
  round: async (client, number) => {
    const { status } = await client.ask('GET', `/api/product?id=${1 + (number % PRODUCTS_READ)}`);
    return status === 200;
  },
};

/** Logs customers in. */
export async function checkoutOf(entry: URL): Promise<Workload> {
  const client = openClient(entry);
  const tokens: string[] = [];
  for (let customer = 1; customer <= CUSTOMERS; customer += 1) tokens.push(await logIn(client, customer));
  client.close();
  return {
    name: 'checkout',
    about: 'POST /api/orders, then POST /api/orders/:id/payments',
    round: async (one, number) => {
      const authorization = `Bearer ${tokens[number % CUSTOMERS]}`;
      const ordered = await one.ask('POST', '/api/orders', {
        headers: { authorization, 'idempotency-key': randomUUID() },
        // A large prime spreads neighbours over the catalogue: no two users want one row.
        body: { items: [{ sku: 1 + ((number * 7_919) % PRODUCTS_SOLD), quantity: 1 }] },
      });
      if (ordered.status !== 201) return false;
      const { orderId } = JSON.parse(ordered.body) as { readonly orderId: string };
      const paid = await one.ask('POST', `/api/orders/${orderId}/payments`, {
        headers: { authorization },
        body: { cardToken: 'tok_visa' },
      });
      return paid.status === 202;
    },
  };
}

async function logIn(client: BenchClient, customer: number): Promise<string> {
  const { status, body } = await client.ask('POST', '/api/auth/login', {
    body: { email: `customer-${customer}@example.test`, password: SEED_PASSWORD },
  });
  if (status !== 200) throw new Error(`log-in answered ${status}: ${body}`);
  return (JSON.parse(body) as { readonly token: string }).token;
}
