import { beforeAll, describe, expect, it } from 'vitest';
import { CLERK_EMAIL, seedCustomerEmail } from '../../src/schema/install-shop.ts';
import type { ShopSnapshot } from '../../src/world/snapshot/shop-snapshot.ts';
import { gatherBuyers } from './buyers.ts';
import { askFront } from './front-client.ts';
import type { FrontRig } from './front-rig.ts';

const BUYERS = 1_000;
const PIECES = 100;
/** So many are in stock when the shop opens. */
const SEEDED_PIECES = 1_000;
const CUSTOMERS = 10;

/** A crowd for few pieces of one product, again and again: one sale for each product named. */
export function saleCases(rig: () => FrontRig, skus: readonly number[]): void {
  describe('a sale of a hundred pieces to a thousand buyers at once', () => {
    const tokens: string[] = [];
    let clerk: string;

    beforeAll(async () => {
      for (let number = 1; number <= CUSTOMERS; number += 1)
        tokens.push(await rig().logIn(seedCustomerEmail(number)));
      clerk = await rig().logIn(CLERK_EMAIL);
    });

    it.each(skus)(
      'sells each piece once, and tells everybody else that there is none: product %i',
      async (sku) => {
        const { running } = rig();
        const changed = await askFront(running, 'PATCH', `/api/products/${sku}`, {
          headers: { authorization: `Bearer ${clerk}`, 'content-type': 'application/json' },
          body: JSON.stringify({ stockDelta: PIECES - SEEDED_PIECES }),
        });
        expect(changed.status).toBe(200);
        const buyers = await gatherBuyers(running, BUYERS, tokens);
        const answers = await buyers.order(sku).finally(() => buyers.close());
        const told = answers.map(({ status, text }) => {
          const { type } = JSON.parse(text) as { readonly type?: string };
          return type === undefined ? `${status}` : `${status} ${type}`;
        });
        const counts = Object.fromEntries(
          [...Map.groupBy(told, (what) => what)].map(([what, { length }]) => [what, length]),
        );
        expect(counts).toEqual({ '201': PIECES, '409 urn:stormcart:problem:out-of-stock': BUYERS - PIECES });
        const { stock, orderItems } = (await running.snapshot(AbortSignal.timeout(30_000))) as ShopSnapshot;
        expect(stock.find(({ productId }) => productId === sku)).toEqual({
          productId: sku,
          initial: PIECES,
          available: 0,
          reserved: PIECES,
          sold: 0,
        });
        expect(orderItems.filter(({ productId }) => productId === sku)).toHaveLength(PIECES);
      },
    );
  });
}
