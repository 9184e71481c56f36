import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countPairs, rankPartners } from './pair-counts.ts';

const purchases = fc.array(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 8 }), { maxLength: 20 });

describe('counting pairs', () => {
  it('gives the same count both ways, and none of a product with itself', () => {
    fc.assert(
      fc.property(purchases, (bought) => {
        const counts = countPairs(bought, 10);
        for (const [item, partners] of counts) {
          for (const [other, count] of partners) {
            expect(other).not.toBe(item);
            expect(counts.get(other)?.get(item)).toBe(count);
            const together = bought.filter((items) => items.includes(item) && items.includes(other));
            expect(count).toBe(together.length);
          }
        }
      }),
    );
  });

  it('takes the first items of a long purchase', () => {
    expect([...countPairs([[1, 2, 3, 4]], 2).keys()]).toEqual([1, 2]);
  });

  it('finds nothing in a purchase of one product', () => {
    expect(countPairs([[1], [2, 2], []], 10).size).toBe(0);
  });
});

describe('ranking partners', () => {
  it('adds up what several products say, the most frequent first, ties by id', () => {
    const partners = [
      { productId: 5, count: 1 },
      { productId: 4, count: 2 },
      { productId: 5, count: 2 },
      { productId: 3, count: 2 },
    ];
    expect(rankPartners(partners, [])).toEqual([5, 3, 4]);
  });

  it('leaves out what the customer looks at', () => {
    expect(rankPartners([{ productId: 4, count: 2 }], [4])).toEqual([]);
  });
});
