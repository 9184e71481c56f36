import type { RequestSpec } from '@stormcart/core';
import { describe, expect, it } from 'vitest';
import { SALE_SKU } from './flash-sale.ts';
import { type Run, run } from './journey-run.ts';
import { problem, type Script } from './scripted-visit.ts';
import { StockBound } from './stock-bound.ts';

const soldOut = ({ route }: RequestSpec): ReturnType<Script> | undefined =>
  route === 'order-create' ? problem(409, 'out-of-stock') : undefined;

interface OrderBody {
  readonly items: readonly { readonly sku: number; readonly quantity: number }[];
}

function itemsOf({ visit }: Run): OrderBody['items'] {
  const spec = visit.requests.find(({ route }) => route === 'order-create');
  if (spec === undefined) throw new Error('nothing was ordered');
  return (spec.body as OrderBody).items;
}

describe('flash-sale', () => {
  it('has nine in ten buyers want the same product, one to five of it', async () => {
    const quantities = new Set<number>();
    let onSale = 0;
    for (let seed = 1; seed <= 1_000; seed += 1) {
      const [item] = itemsOf(await run('flash-sale', undefined, { seed }));
      if (item?.sku !== SALE_SKU) continue;
      onSale += 1;
      quantities.add(item.quantity);
    }
    expect(onSale).toBeGreaterThan(870);
    expect(onSale).toBeLessThan(930);
    expect(quantities).toEqual(new Set([1, 2, 3, 4, 5]));
  });

  it('takes "out of stock" for right as soon as more was asked for than there is, and ends there', async () => {
    const stock = new StockBound(10);
    const outcomes: (string | undefined)[] = [];
    let asked = 0;
    for (let seed = 1; seed <= 12; seed += 1) {
      const result = await run('flash-sale', soldOut, { seed, stock });
      const [item] = itemsOf(result);
      if (item?.sku !== SALE_SKU) continue;
      asked += item.quantity;
      outcomes.push(result.outcomes.at(-1));
      expect(result.outcomes.at(-1)).toBe(asked > 10 ? 'ok' : 'httpError');
      expect(result.routes.at(-1)).toBe('order-create');
    }
    expect(new Set(outcomes)).toEqual(new Set(['ok', 'httpError']));
  });
});
