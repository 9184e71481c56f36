import { createRandom, type Random } from '@stormcart/core';
import type { Redis } from 'ioredis';
import { beforeAll, describe, expect, it } from 'vitest';
import { createProductCache } from '../../src/catalog/cache.ts';
import { encodeEntry, entryKey } from '../../src/catalog/cache-entry.ts';
import { CacheModel } from '../../src/catalog/cache-model.ts';
import type { ShopRig } from './shop-rig.ts';

/** The cache scripts against their model. */
export function cacheScriptCases(rig: () => ShopRig): void {
  let redis: Redis;
  beforeAll(() => {
    ({ redis } = rig());
  });

  describe('the scripts in Redis', () => {
    /** One random step of a reader or a change, on both; and what each said to it. */
    async function step(
      random: Random,
      caches: readonly [CacheModel, ReturnType<typeof createProductCache>],
      leases: Map<string, string>[],
    ) {
      const id = random.integer(900_001, 900_003);
      const reader = `${id}/${random.integer(1, 3)}`;
      const kind = random.pick(['lease', 'fill', 'fill', 'void', 'flush', 'damage']);
      const version = random.integer(0, 4);
      const text = JSON.stringify({ version });
      if (kind === 'flush' && random.chance(0.7)) return [];
      const said: unknown[] = [];
      for (const [index, cache] of caches.entries()) {
        const own = leases[index] ?? new Map<string, string>();
        if (kind === 'lease') own.set(reader, await cache.lease(id));
        if (kind === 'fill')
          said.push(await cache.fill(id, own.get(reader) ?? 'none', { version, text, hardMs: 60_000 }));
        if (kind === 'void') await cache.voidOlder(id, version);
      }
      if (kind === 'flush') {
        caches[0].forget();
        await redis.flushall();
      }
      if (kind === 'damage') {
        caches[0].entries.set(id, '{"version":');
        await redis.set(entryKey(id), '{"version":');
      }
      const left = [await caches[0].read(id), await caches[1].read(id)];
      expect(left[1]).toBe(left[0]);
      return said;
    }

    it('do what their model does', async () => {
      const random = createRandom('scripts');
      const caches = [new CacheModel(), createProductCache(redis)] as const;
      const leases = [new Map<string, string>(), new Map<string, string>()];
      const outcomes = new Set<unknown>();
      for (let round = 0; round < 1_500; round += 1) {
        const said = await step(random, caches, leases);
        expect(said[1]).toBe(said[0]);
        outcomes.add(said[0]);
      }
      expect([...outcomes]).toEqual(expect.arrayContaining(['stored', 'older', 'voided']));
    });

    it('end an entry at its hard end, and outlive a server that forgot them', async () => {
      await redis.script('FLUSH');
      const cache = createProductCache(redis);
      const text = encodeEntry({ finding: { kind: 'absent' }, softUntilMs: 0, loadMs: 0 });
      const lease = await cache.lease(900_009);
      expect(await cache.fill(900_009, lease, { version: 0, text, hardMs: 60_000 })).toBe('stored');
      expect(await redis.pttl(entryKey(900_009))).toBeGreaterThan(50_000);
    });
  });
}
