import { beforeAll, describe, expect, it } from 'vitest';
import { order, problemOf } from '../shop-client.ts';
import type { ShopStage } from '../shop-stage.ts';
import { type OrderDesk, openOrderDesk } from './order-desk.ts';
import type { ShopRig } from './shop-rig.ts';

/** A crowd of buyers. */
export function saleCases(rig: () => ShopRig): void {
  let stage: ShopStage;
  let desk: OrderDesk;
  beforeAll(async () => {
    ({ stage } = rig());
    desk = await openOrderDesk(rig(), 51);
  });

  describe('a sale', () => {
    it('sells exactly a hundred of a hundred to a thousand buyers at once, and tells every other so', async () => {
      await stage.rows('UPDATE stock SET initial = 100, available = 100 WHERE product_id = 141');
      const answers = await Promise.all(
        Array.from({ length: 1_000 }, (_, index) =>
          order(desk.urls[index % 2 === 0 ? 0 : 1], desk.buyer.token, { items: [{ sku: 141, quantity: 1 }] }),
        ),
      );
      const kinds = answers.map((answer) =>
        answer.status === 201 ? '201' : `${answer.status} ${problemOf(answer)}`,
      );
      const counts = Object.fromEntries(
        [...Map.groupBy(kinds, (kind) => kind)].map(([kind, { length }]) => [kind, length]),
      );
      expect(counts).toEqual({ '201': 100, '409 out-of-stock': 900 });
      expect(await desk.stockOf(141)).toEqual({ initial: 100, available: 0, reserved: 100, sold: 0 });
    });

    it('of sets whose goods overlap in every order surfaces no deadlock', async () => {
      await stage.rows('UPDATE stock SET initial = 60, available = 60 WHERE product_id BETWEEN 151 AND 155');
      const skus = [151, 152, 153, 154, 155];
      const answers = await Promise.all(
        Array.from({ length: 200 }, (_, index) => {
          const set = skus.filter((_sku, place) => ((index >> place) & 1) === 1 || place === index % 5);
          const ordered = index % 2 === 0 ? set : set.toReversed();
          return order(desk.urls[index % 2 === 0 ? 0 : 1], desk.buyer.token, {
            items: ordered.map((sku) => ({ sku, quantity: 1 })),
          });
        }),
      );
      for (const answer of answers) {
        if (answer.status !== 201) expect([answer.status, problemOf(answer)]).toEqual([409, 'out-of-stock']);
      }
      const rows = await stage.rows<{ wrong: number }>(
        'SELECT COUNT(*) AS wrong FROM stock WHERE initial <> available + reserved + sold OR available < 0',
      );
      expect(rows).toEqual([{ wrong: 0 }]);
      expect(rig().worker.process.state()).toBe('ready');
    });
  });
}
