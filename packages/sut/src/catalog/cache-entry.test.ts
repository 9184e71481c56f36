import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CacheEntry, decodeEntry, encodeEntry, versionOf } from './cache-entry.ts';

const product = { id: 17, name: 'Mug', description: 'A mug.', priceCents: 499, available: 3, version: 4 };
const shown: CacheEntry = { finding: { kind: 'product', product }, softUntilMs: 1_000, loadMs: 2.5 };
const denied: CacheEntry = { finding: { kind: 'absent' }, softUntilMs: 1_000, loadMs: 0 };

describe('a cache entry', () => {
  it('comes back as it was stored', () => {
    for (const entry of [shown, denied]) expect(decodeEntry(encodeEntry(entry), 17)).toEqual(entry);
  });

  it('of another product is a miss', () => {
    expect(decodeEntry(encodeEntry(shown), 18)).toBeUndefined();
  });

  it('that was damaged is a miss and never an error', () => {
    const whole = encodeEntry(shown);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.string(), (cut, tail) => {
        const damaged = decodeEntry(whole.slice(0, cut) + tail, 17)?.finding;
        if (damaged?.kind === 'product') expect(damaged.product.id).toBe(17);
      }),
    );
    expect(decodeEntry('{"kind":"product","product":{"id":17}}', 17)).toBeUndefined();
    expect(decodeEntry('null', 17)).toBeUndefined();
  });

  it('whose two versions differ is a miss', () => {
    expect(decodeEntry(encodeEntry(shown).replace('"version":4}', '"version":3}'), 17)).toBeUndefined();
  });

  it('shows its version at the top, and that of no product is older than any', () => {
    expect(JSON.parse(encodeEntry(shown))).toMatchObject({ version: 4, product: { version: 4 } });
    expect(versionOf({ kind: 'absent' })).toBe(0);
  });
});
