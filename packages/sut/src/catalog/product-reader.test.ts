import { createRandom } from '@stormcart/core';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createNone } from '../policy/none.ts';
import { cacheKey, encodeEntry } from './cache-entry.ts';
import type { Product } from './product.ts';
import { createProductReader } from './product-reader.ts';

const productOf = (id: number): Product => ({
  id,
  name: `Mug ${id}`,
  description: '',
  priceCents: 1,
  available: 1,
});

interface Overrides {
  readonly get?: (key: string) => Promise<string | null>;
  readonly set?: (key: string, value: string, ttlMs: number) => Promise<void>;
  readonly load?: (id: number) => Promise<Product | undefined>;
}

function openReader(overrides: Overrides = {}) {
  const kept = new Map<string, string>();
  let loads = 0;
  const read = createProductReader({
    cache: {
      get: overrides.get ?? ((key) => Promise.resolve(kept.get(key) ?? null)),
      set:
        overrides.set ??
        ((key, value) => {
          kept.set(key, value);
          return Promise.resolve();
        }),
    },
    policy: createNone('catalog.redis'),
    load: (id) => {
      loads += 1;
      return overrides.load?.(id) ?? Promise.resolve(productOf(id));
    },
    random: createRandom(1),
    log: pino({ level: 'silent' }),
  });
  return { read, kept, loads: () => loads };
}

const broken = (): Promise<never> => Promise.reject(new Error('down'));
const never = new Promise<never>(() => undefined);

describe('reading a product', () => {
  it('fills the cache on a miss and reads it on the next', async () => {
    const { read, loads } = openReader();
    expect((await read(7)).source).toBe('miss');
    expect(await read(7)).toEqual({ source: 'hit', entry: { kind: 'product', product: productOf(7) } });
    expect(loads()).toBe(1);
  });

  it('remembers that there is none', async () => {
    const { read, kept, loads } = openReader({ load: () => Promise.resolve(undefined) });
    expect((await read(7)).entry).toEqual({ kind: 'absent' });
    expect((await read(7)).source).toBe('hit');
    expect(loads()).toBe(1);
    expect(kept.get(cacheKey(7))).toBe(encodeEntry({ kind: 'absent' }));
  });

  it('goes straight to the database when the cache fails', async () => {
    const { read } = openReader({ get: broken, set: broken });
    expect(await read(7)).toEqual({ source: 'miss', entry: { kind: 'product', product: productOf(7) } });
  });

  it('does not wait for the fill', async () => {
    const { read } = openReader({ set: () => never });
    expect((await read(7)).source).toBe('miss');
  });

  it('keeps a bounded number of fills waiting', async () => {
    let fills = 0;
    const { read } = openReader({
      set: () => {
        fills += 1;
        return never;
      },
    });
    for (let id = 1; id <= 150; id += 1) await read(id);
    expect(fills).toBe(100);
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
    expect((await read(7)).entry.kind).toBe('product');
  });
});
