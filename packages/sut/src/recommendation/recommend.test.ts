import { ManualClock } from '@stormcart/core';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { FoundProduct } from '../catalog/product.ts';
import { createNone } from '../policy/none.ts';
import type { Partner } from './pair-counts.ts';
import { createReadPopular } from './popular.ts';
import { createRecommend, type RecommendParts } from './recommend.ts';
import { recommendationFigures } from './recommendation-figures.ts';

const log = pino({ level: 'silent' });
const productOf = (id: number): FoundProduct => ({ id, name: `Mug ${id}`, priceCents: id });
const popular = [101, 102, 103].map(productOf);
const broken = (): Promise<never> => Promise.reject(new Error('down'));

function recommendWith(partners: readonly Partner[], changes: Partial<RecommendParts> = {}) {
  return createRecommend({
    coPurchases: { partners: () => Promise.resolve(partners) },
    policy: createNone('catalog.recommendation'),
    readPopular: () => Promise.resolve(popular),
    loadOffered: (ids) => Promise.resolve(ids.map(productOf)),
    log,
    ...changes,
  });
}

const idsOf = (items: readonly FoundProduct[]): readonly number[] => items.map(({ id }) => id);

describe('recommendations', () => {
  it('are what was bought together, filled up with what sells best', async () => {
    const recommend = recommendWith([
      { productId: 5, count: 1 },
      { productId: 102, count: 3 },
    ]);
    const { items, basis, isDegraded } = await recommend([1], 4);
    expect(idsOf(items)).toEqual([102, 5, 101, 103]);
    expect([basis, isDegraded]).toEqual(['coPurchases', false]);
  });

  it('leave out what is sold out', async () => {
    const recommend = recommendWith([{ productId: 5, count: 9 }], { loadOffered: () => Promise.resolve([]) });
    expect(idsOf((await recommend([1], 2)).items)).toEqual([101, 102]);
  });

  it('are popular products where nothing is known, without the one that is looked at', async () => {
    const { items, basis, isDegraded } = await recommendWith([])([101], 2);
    expect([idsOf(items), basis, isDegraded]).toEqual([[102, 103], 'popular', false]);
  });

  it('ask nobody where there is no product to start from', async () => {
    const recommend = recommendWith([], { coPurchases: { partners: broken } });
    expect(await recommend([], 2)).toMatchObject({ basis: 'popular', isDegraded: false });
  });

  it.each([
    ['counts', { coPurchases: { partners: broken } }],
    ['names', { loadOffered: broken }],
  ])('are popular products and say so when the %s cannot be read', async (_what, changes) => {
    const { items, isDegraded } = await recommendWith([{ productId: 5, count: 1 }], changes)([1], 3);
    expect([idsOf(items), isDegraded]).toEqual([[101, 102, 103], true]);
  });
});

describe('popular products', () => {
  it('are read once a minute, and go on being shown when that fails', async () => {
    const clock = new ManualClock();
    let loads = 0;
    const read = createReadPopular(
      () => {
        loads += 1;
        return loads === 1 ? Promise.resolve(popular) : broken();
      },
      clock,
      log,
    );
    await Promise.all([read(), read()]);
    expect(await read()).toEqual(popular);
    expect(loads).toBe(1);
    await clock.advance(recommendationFigures.popularMs);
    expect(await read()).toEqual(popular);
    await clock.advance(0);
    expect([await read(), loads]).toEqual([popular, 2 + 1]);
  });

  it('fail as long as they never could be read', async () => {
    const read = createReadPopular(broken, new ManualClock(), log);
    await expect(read()).rejects.toThrow('down');
  });
});
