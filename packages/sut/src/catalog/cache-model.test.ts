import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CacheModel } from './cache-model.ts';

const ID = 1;
const READERS = 3;

type Step =
  | { readonly kind: 'lease' | 'load' | 'fill'; readonly reader: number }
  | { readonly kind: 'change' | 'relay' | 'forget' | 'expire' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('lease', 'load', 'fill'), reader: fc.nat(READERS - 1) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('change', 'relay', 'forget', 'expire') }) },
);

interface Reader {
  lease?: string;
  version?: number;
}

const entry = (version: number) => ({ version, text: JSON.stringify({ version }) });

/** A database, a cache, readers who may stop between any two of their steps, and the messages of changes. */
class World {
  readonly cache = new CacheModel();
  readonly readers = Array.from({ length: READERS }, (): Reader => ({}));
  /** Committed, and not yet voided; the outbox. */
  readonly waiting: number[] = [];
  version = 1;

  take(next: Step): void {
    switch (next.kind) {
      case 'lease':
        this.readers[next.reader] = { lease: this.cache.leaseNow(ID) };
        return;
      case 'load':
        this.load(this.readers[next.reader] ?? {});
        return;
      case 'fill':
        this.fill(this.readers[next.reader] ?? {});
        return;
      case 'change':
        this.version += 1;
        this.waiting.push(this.version);
        return;
      case 'relay':
        this.relay();
        return;
      case 'forget':
        this.cache.forget();
        return;
      case 'expire':
        this.cache.entries.delete(ID);
        return;
    }
  }

  load(reader: Reader): void {
    // A lease comes before its load, always.
    if (reader.lease !== undefined && reader.version === undefined) reader.version = this.version;
  }

  fill({ lease, version }: Reader): void {
    if (lease !== undefined && version !== undefined) this.cache.fillNow(ID, lease, entry(version));
  }

  /** In any order: the newest first is the hardest. */
  relay(): void {
    const version = this.waiting.pop();
    if (version !== undefined) this.cache.voidNow(ID, version);
  }
}

it('holds nothing older than the database once no message waits, whatever came between', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const world = new World();
      for (const next of steps) {
        world.take(next);
        expect(world.cache.versionAt(ID)).toBeLessThanOrEqual(world.version);
      }
      while (world.waiting.length > 0) world.relay();
      // Whoever still held something in hand comes last.
      for (const reader of world.readers) world.fill(reader);
      expect([-1, world.version]).toContain(world.cache.versionAt(ID));
    }),
    { numRuns: 2_000 },
  );
});

it('never goes back to an older version, save after forgetting', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const world = new World();
      let last = -1;
      for (const next of steps.filter(({ kind }) => kind !== 'forget' && kind !== 'expire')) {
        world.take(next);
        const seen = world.cache.versionAt(ID);
        if (seen !== -1) expect(seen).toBeGreaterThanOrEqual(last);
        last = Math.max(last, seen);
      }
    }),
    { numRuns: 2_000 },
  );
});
