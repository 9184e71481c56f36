import { beforeAll, describe, expect, it } from 'vitest';
import { ask, eventually, problemOf, type TestAnswer } from '../shop-client.ts';
import type { ShopStage, TestService } from '../shop-stage.ts';
import type { ShopRig } from './shop-rig.ts';

/** Reads and searches of products. */
export function productCases(rig: () => ShopRig): void {
  let stage: ShopStage;
  let catalog: TestService;
  beforeAll(() => {
    ({
      stage,
      catalog: [catalog],
    } = rig());
  });
  const product = (query: string): Promise<TestAnswer> => ask('GET', `${catalog.url}/api/product?${query}`);
  describe('a product', () => {
    it('comes from the database first and from the cache next', async () => {
      const [row] = await stage.rows<{ name: string; price: number }>(
        'SELECT name, price_cents AS price FROM product WHERE id = 17',
      );
      const first = await product('id=17');
      expect([first.status, first.headers.get('x-cache')]).toEqual([200, 'miss']);
      expect(first.body).toEqual({
        id: 17,
        name: row?.name,
        description: expect.any(String),
        priceCents: row?.price,
        available: 1_000,
        version: 1,
      });
      await eventually(async () => (await product('id=17')).headers.get('x-cache') === 'hit');
      expect((await product('id=17')).body).toEqual(first.body);
    });

    it('that is not there is 404, also when asked again', async () => {
      for (let round = 0; round < 2; round += 1) {
        const answer = await product('id=10001');
        expect([answer.status, problemOf(answer)]).toEqual([404, 'not-found']);
      }
    });

    it.each(['', 'id=', 'id=x', 'id=0', 'id=-1', 'id=1.5', 'id=0x11', 'id=99999999999', 'id=1&id=2'])(
      'does not take %j for an id',
      async (query) => {
        const answer = await product(query);
        expect([answer.status, problemOf(answer)]).toEqual([400, 'invalid-request']);
        expect(answer.body['errors']).toEqual([expect.objectContaining({ field: 'query.id' })]);
      },
    );

    it('is asked of the database once by many at the same time', async () => {
      const before = await loads();
      const answers = await Promise.all(Array.from({ length: 50 }, () => product('id=18')));
      expect(answers.every((answer) => answer.status === 200)).toBe(true);
      expect(answers.map(({ headers }) => headers.get('x-cache'))).toContain('miss');
      // Once for those who come together, and once more for whoever comes before the cache is filled.
      expect((await loads()) - before).toBeLessThanOrEqual(3);
    });
  });

  /** How many products the process has read from the database. */
  async function loads(): Promise<number> {
    const text = await (await fetch(`${catalog.url}/metrics`)).text();
    return Number(/^stormcart_cache_loads_total (\d+)$/m.exec(text)?.[1]);
  }

  describe('a search', () => {
    const search = (query: string): Promise<TestAnswer> => ask('GET', `${catalog.url}/api/products?${query}`);

    it('finds products whose names have all the words, up to the limit', async () => {
      const { status, body } = await search('q=copper%20tea&limit=5');
      const items = body['items'] as readonly { readonly name: string }[];
      expect([status, items.length]).toEqual([200, 5]);
      for (const item of items) expect(item.name).toMatch(/Copper.*Teapot/);
      expect(Object.keys(items[0] ?? {})).toEqual(['id', 'name', 'priceCents']);
    });

    it('finds twenty when no limit is given, and nothing for words that no name has', async () => {
      expect((await search('q=oak')).body['items']).toHaveLength(20);
      expect((await search('q=zeppelin')).body).toEqual({ items: [] });
    });

    it('takes operators and quotes for plain text', async () => {
      for (const query of ['+oak -oak', '"oak', 'oak*)(', `oak' OR '1'='1`, 'oak@4', '~oak <oak']) {
        const { status } = await search(`q=${encodeURIComponent(query)}`);
        expect([query, status]).toEqual([query, 200]);
      }
    });

    it.each([
      ['query.q', ''],
      ['query.q', 'q='],
      ['query.q', 'q=ab'],
      ['query.q', `q=${'x'.repeat(101)}`],
      ['query.limit', 'q=oak&limit=101'],
      ['query.limit', 'q=oak&limit=x'],
      ['query.page', 'q=oak&page=2'],
    ])('names %s when it is wrong (%s)', async (field, query) => {
      const answer = await search(query);
      expect([answer.status, problemOf(answer)]).toEqual([400, 'invalid-request']);
      expect(answer.body['errors']).toEqual([expect.objectContaining({ field })]);
    });
  });
}
