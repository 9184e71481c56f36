import type { Reply, Visit } from '@stormcart/core';
import { z } from 'zod';
import type { JourneyWorld } from '../journeys/journey-world.ts';
import { randomUuid } from '../journeys/random-uuid.ts';
import { requestAs } from '../journeys/session.ts';
import { isDone } from './attack.ts';

/** Products that every customer looks at: their entries are in the cache, and being filled. */
const POPULAR_MAX = 10;

const PRICE_CENTS = { min: 99, max: 49_999 };

const changeAnswer = z.object({ version: z.int(), priceCents: z.int() });

/**
 * The clerk changes a price, and changes it again while somebody reads it: a reader who is slow must not put the
 * price between the two into the cache for good.
 */
export async function reprice(world: JourneyWorld, visit: Visit): Promise<void> {
  const sku = visit.random.integer(1, POPULAR_MAX);
  await changePrice(world, visit, sku);
  await Promise.all([
    visit.request({ route: 'probe', method: 'GET', path: `/api/product?id=${sku}`, expect: isDone }),
    changePrice(world, visit, sku),
  ]);
}

function changePrice(world: JourneyWorld, visit: Visit, sku: number): Promise<Reply | undefined> {
  const priceCents = visit.random.integer(PRICE_CENTS.min, PRICE_CENTS.max);
  return requestAs(visit, world.customers.clerk, () => ({
    route: 'probe',
    method: 'PATCH',
    path: `/api/products/${sku}`,
    body: { priceCents },
    expect: isDone,
    operation: {
      action: 'product.change',
      key: randomUuid(visit.random),
      input: { sku, priceCents },
      output: (_status, body) => changeAnswer.safeParse(body).data ?? {},
    },
  }));
}
