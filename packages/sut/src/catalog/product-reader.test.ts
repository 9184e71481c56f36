import { createRandom, ManualClock } from '@stormcart/core';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createNone } from '../policy/none.ts';
import type { ProductCache } from './cache.ts';
import { cacheFigures } from './cache-figures.ts';
import { CacheModel } from './cache-model.ts';
import type { Product } from './product.ts';
import { createProductReader } from './product-reader.ts';

const productOf = (id: number): Product => ({
  id,
  name: `Mug ${id}`,
  description: '',
  priceCents: 1,
  available: 1,
  version: 1,
});

type Overrides = Partial<Pick<ProductCache, 'read' | 'lease' | 'fill'>> & {
  readonly load?: (id: number) => Promise<Product | undefined>;
};

function openReader(overrides: Overrides = {}) {
  const model = new CacheModel();
  const clock = new ManualClock();
  let loads = 0;
  const read = createProductReader({
    cache: {
      read: overrides.read ?? ((id) => model.read(id)),
      lease: overrides.lease ?? ((id) => model.lease(id)),
      fill: overrides.fill ?? ((id, lease, filling) => model.fill(id, lease, filling)),
    },
    policy: createNone('catalog.redis'),
    load: (id) => {
      loads += 1;
      return overrides.load?.(id) ?? Promise.resolve(productOf(id));
    },
    clock,
    random: createRandom(1),
    log: pino({ level: 'silent' }),
  });
  return { read, model, clock, loads: () => loads };
}

const broken = (): Promise<never> => Promise.reject(new Error('down'));
const never = new Promise<never>(() => undefined);
const found = (id: number) => ({ kind: 'product', product: productOf(id) });
/** Fills are not waited for. */
const settle = () => new Promise((resolve) => setImmediate(resolve));
const PAST_SOFT_MS = cacheFigures.product.softMs * (1 + cacheFigures.jitterShare);

describe('reading a product', () => {
  it('fills the cache on a miss and reads it on the next', async () => {
    const { read, loads } = openReader();
    expect((await read(7)).source).toBe('miss');
    await settle();
    expect(await read(7)).toEqual({ source: 'hit', finding: found(7) });
    expect(loads()).toBe(1);
  });

  it('remembers that there is none', async () => {
    const { read, model, loads } = openReader({ load: () => Promise.resolve(undefined) });
    expect((await read(7)).finding).toEqual({ kind: 'absent' });
    await settle();
    expect((await read(7)).source).toBe('hit');
    expect([loads(), model.versionAt(7)]).toEqual([1, 0]);
  });

  it('goes straight to the database when the cache fails, and does not ask it for a lease', async () => {
    let leases = 0;
    const lease = () => {
      leases += 1;
      return broken();
    };
    const { read } = openReader({ read: broken, lease });
    expect(await read(7)).toEqual({ source: 'miss', finding: found(7) });
    expect(leases).toBe(0);
  });

  it('reads on when there is no lease', async () => {
    const { read, model } = openReader({ lease: broken });
    expect((await read(7)).source).toBe('miss');
    await settle();
    expect(model.entries.size).toBe(0);
  });

  it('does not wait for the fill', async () => {
    const { read } = openReader({ fill: () => never });
    expect((await read(7)).source).toBe('miss');
  });

  it('keeps a bounded number of fills waiting', async () => {
    let fills = 0;
    const { read } = openReader({
      fill: () => {
        fills += 1;
        return never;
      },
    });
    for (let id = 1; id <= 150; id += 1) await read(id);
    expect(fills).toBe(cacheFigures.fillsMax);
  });

  it('asks the database once for readers that come together', async () => {
    const { read, loads } = openReader();
    const results = await Promise.all(Array.from({ length: 20 }, () => read(7)));
    expect(new Set(results.map(({ source }) => source))).toEqual(new Set(['miss']));
    expect(loads()).toBe(1);
  });

  it('fails all readers of a failed query, and asks again for the next', async () => {
    let isDown = true;
    const { read } = openReader({
      load: (id) => (isDown ? Promise.reject(new Error('down')) : Promise.resolve(productOf(id))),
    });
    const results = await Promise.allSettled([read(7), read(7)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    isDown = false;
    expect((await read(7)).finding.kind).toBe('product');
  });
});

describe('an entry past its soft end', () => {
  it('is loaded anew', async () => {
    const { read, clock, loads } = openReader();
    await read(7);
    await settle();
    await clock.advance(PAST_SOFT_MS);
    expect((await read(7)).source).toBe('miss');
    await settle();
    expect([(await read(7)).source, loads()]).toEqual(['hit', 2]);
  });

  it('is shown when the database fails', async () => {
    let isDown = false;
    const { read, clock } = openReader({
      load: (id) => (isDown ? broken() : Promise.resolve(productOf(id))),
    });
    await read(7);
    await settle();
    await clock.advance(PAST_SOFT_MS);
    isDown = true;
    expect(await read(7)).toEqual({ source: 'stale', finding: found(7) });
  });

  it('is shown when the database takes too long, and one load goes on for all', async () => {
    let isSlow = false;
    const { read, clock, loads } = openReader({
      load: (id) => (isSlow ? never : Promise.resolve(productOf(id))),
    });
    await read(7);
    await settle();
    await clock.advance(PAST_SOFT_MS);
    isSlow = true;
    for (let round = 0; round < 3; round += 1) {
      const reading = read(7);
      await settle();
      await clock.advance(cacheFigures.stalePatienceMs);
      expect((await reading).source).toBe('stale');
    }
    expect(loads()).toBe(2);
  });
});

it('refreshes an entry early and shows the old one meanwhile', async () => {
  const { read, clock, loads } = openReader();
  await read(7);
  await settle();
  // Within the shortest soft life, one step at a time: somewhere before the end chance strikes.
  const sources = new Set<string>();
  for (let ms = 0; ms < PAST_SOFT_MS && loads() === 1; ms += 1) {
    await clock.advance(1);
    sources.add((await read(7)).source);
    await settle();
  }
  expect([loads(), [...sources]]).toEqual([2, ['hit']]);
});
