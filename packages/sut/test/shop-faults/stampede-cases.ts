import { createRandom, systemClock } from '@stormcart/core';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeEntry, entryKey } from '../../src/catalog/cache-entry.ts';
import { eventually } from '../shop-client.ts';
import { openRelay, type TestRelay } from '../shop-relay.ts';
import { type TestService, textOf } from '../shop-stage.ts';
import type { FaultRig } from './fault-rig.ts';
import { figureIn, metricsOf } from './metrics.ts';

const RATE_PER_SECOND = 500;
const FOR_MS = 4_000;
/** Redis forgets everything so often … */
const FLUSH_EVERY_MS = 1_000;
/** … and the database then answers nobody for so long: without it loads end before the next reader comes. */
const DATABASE_SILENT_MS = 300;
const PRODUCTS = 1_000;

/** A crowd of readers after the cache lost its memory. */
export function stampedeCases(rig: () => FaultRig): void {
  describe('a catalogue whose cache or database fails under a crowd', () => {
    let relay: TestRelay;
    let redis: Redis;
    let replicas: readonly TestService[];

    beforeAll(async () => {
      const { stage } = rig();
      relay = await openRelay(stage.mariadb.address);
      redis = new Redis(stage.redis.address.port, stage.redis.address.host);
      const start = (instance: number): Promise<TestService> =>
        stage.start('catalog', instance, {
          SHOP_MARIADB: textOf(relay.address),
          // Nobody is turned away: the database must be spared by the cache's readers alone.
          SHOP_POLICY_OVERLOAD: 'none',
        });
      replicas = await Promise.all([start(21), start(22)]);
    });

    afterAll(async () => {
      for (const replica of replicas) await replica.process.stop();
      redis.disconnect();
      await relay.close();
    });

    it('asks the database, after the cache lost its memory, once per product and process at a time', async () => {
      const untilMs = systemClock.now() + FOR_MS;
      const [statuses] = await Promise.all([readSteadily(replicas, untilMs), disturb(redis, relay, untilMs)]);
      expect(statuses.length).toBeGreaterThan((0.9 * FOR_MS * RATE_PER_SECOND) / 1_000);
      // A machine that is slow besides has more loads waiting than the pool lets wait; nobody is told anything else.
      expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
      const answered = statuses.filter((status) => status === 200).length;
      for (const replica of replicas) {
        const metrics = await metricsOf(replica);
        expect(figureIn(metrics, 'stormcart_cache_same_key_loads_in_flight_max')).toBe(1);
        // Far fewer than readers, and not none: the database was really asked.
        const loads = figureIn(metrics, 'stormcart_cache_loads_total');
        expect(loads).toBeGreaterThan(100);
        expect(loads).toBeLessThan(answered / 2);
      }
    });

    it('shows, while the database is silent, what was shown before, until it is back', async () => {
      const product = { id: 17, name: 'Mug', description: '', priceCents: 499, available: 3, version: 1 };
      const past = { finding: { kind: 'product' as const, product }, softUntilMs: 0, loadMs: 3 };
      await redis.set(entryKey(17), encodeEntry(past), 'PX', 60_000);
      relay.setSilent(true);
      const startedMs = systemClock.now();
      const old = await fetch(`${replicas[0]?.url}/api/product?id=17`);
      const tookMs = systemClock.now() - startedMs;
      relay.setSilent(false);
      expect([old.status, old.headers.get('x-cache'), await old.json()]).toEqual([200, 'stale', product]);
      expect(tookMs).toBeLessThan(400);
      await eventually(async () => {
        const fresh = await fetch(`${replicas[0]?.url}/api/product?id=17`);
        const { priceCents } = (await fresh.json()) as { readonly priceCents: number };
        return fresh.headers.get('x-cache') !== 'stale' && priceCents !== 499;
      });
    });
  });
}

/** Product n is asked for 1/n as often as the first (Zipf's law with exponent 1). */
function zipfChoice(random: ReturnType<typeof createRandom>): number {
  // The inverse of the law's integral, which is near enough to its sum.
  return Math.min(Math.floor(Math.exp(random.next() * Math.log(PRODUCTS + 1))), PRODUCTS);
}

/** Lets Redis forget, and the database fall silent, again and again. */
async function disturb(redis: Redis, relay: TestRelay, untilMs: number): Promise<void> {
  while (systemClock.now() < untilMs) {
    relay.setSilent(true);
    await redis.flushall();
    await systemClock.sleep(DATABASE_SILENT_MS);
    relay.setSilent(false);
    await systemClock.sleep(FLUSH_EVERY_MS - DATABASE_SILENT_MS);
  }
}

/** Starts each request at its time, whatever became of the ones before. */
async function readSteadily(replicas: readonly TestService[], untilMs: number): Promise<readonly number[]> {
  const random = createRandom('stampede');
  const reads: Promise<number>[] = [];
  const startMs = systemClock.now();
  while (systemClock.now() < untilMs) {
    const due = Math.floor(((systemClock.now() - startMs) / 1_000) * RATE_PER_SECOND);
    while (reads.length < due) {
      const replica = replicas[reads.length % replicas.length];
      const url = `${replica?.url}/api/product?id=${zipfChoice(random)}`;
      reads.push(
        fetch(url).then(async (response) => {
          await response.arrayBuffer();
          return response.status;
        }),
      );
    }
    await systemClock.sleep(2);
  }
  return Promise.all(reads);
}
