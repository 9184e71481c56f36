import { createRandom } from '@stormcart/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CacheEntry, decodeEntry, encodeEntry, timeToLiveMs } from './cache-entry.ts';

const product = { id: 17, name: 'Mug', description: 'A mug.', priceCents: 499, available: 3 };

describe('a cache entry', () => {
  it.each<CacheEntry>([{ kind: 'product', product }, { kind: 'absent' }])(
    'comes back as it was stored: %j',
    (entry) => {
      expect(decodeEntry(encodeEntry(entry), 17)).toEqual(entry);
    },
  );

  it('of another product is a miss', () => {
    expect(decodeEntry(encodeEntry({ kind: 'product', product }), 18)).toBeUndefined();
  });

  it('that was damaged is a miss and never an error', () => {
    const whole = encodeEntry({ kind: 'product', product });
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.string(), (cut, tail) => {
        const damaged = decodeEntry(whole.slice(0, cut) + tail, 17);
        if (damaged?.kind === 'product') expect(damaged.product.id).toBe(17);
      }),
    );
    expect(decodeEntry('{"kind":"product","product":{"id":17}}', 17)).toBeUndefined();
    expect(decodeEntry('null', 17)).toBeUndefined();
  });

  it('lives within a fifth of its usual time, an absent one shorter', () => {
    const random = createRandom(1);
    const lives = Array.from({ length: 1_000 }, () => timeToLiveMs({ kind: 'product', product }, random));
    expect(Math.min(...lives)).toBeGreaterThanOrEqual(24_000);
    expect(Math.max(...lives)).toBeLessThanOrEqual(36_000);
    expect(new Set(lives).size).toBeGreaterThan(900);
    expect(timeToLiveMs({ kind: 'absent' }, random)).toBeLessThanOrEqual(6_000);
  });
});
