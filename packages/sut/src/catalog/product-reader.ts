import { AppError, type Clock, messageOf, type Random } from '@stormcart/core';
import type { Logger } from 'pino';
import { deadlineIn, withinDeadline } from '../policy/deadline.ts';
import type { Policy } from '../policy/policy.ts';
import type { ProductCache } from './cache.ts';
import { type CacheEntry, decodeEntry, encodeEntry, type Finding, versionOf } from './cache-entry.ts';
import { cacheFigures as figures } from './cache-figures.ts';
import { drawLifetimes, judgeEntry } from './freshness.ts';
import type { Product } from './product.ts';

export interface ProductReaderParts {
  readonly cache: Pick<ProductCache, 'read' | 'lease' | 'fill'>;
  readonly policy: Policy;
  /** The truth. */
  readonly load: (id: number) => Promise<Product | undefined>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** Where a finding came from; what `X-Cache` says. `stale` is shown for want of anything better. */
export type ReadSource = 'hit' | 'miss' | 'stale';

export interface ReadProduct {
  readonly finding: Finding;
  readonly source: ReadSource;
}

export type ProductReader = (id: number) => Promise<ReadProduct>;

type LookUp =
  | { readonly kind: 'found'; readonly entry: CacheEntry }
  | { readonly kind: 'missing' }
  /** Not asked, or without an answer: then it is not filled either, which would cost the reader a second wait. */
  | { readonly kind: 'away' };

/**
 * Cache-aside: cache, else database, then fill. A cache that fails costs what its policy allows and nothing else; it
 * never fails a read. One product is loaded once at a time by a process, whoever waits for it and why.
 */
export function createProductReader(parts: ProductReaderParts): ProductReader {
  const { cache, policy, clock, random, log } = parts;
  const loadOnce = createLoader(parts);
  let refreshes = 0;

  const lookUp = async (id: number): Promise<LookUp> => {
    try {
      const text = await policy.execute(() => cache.read(id));
      const entry = text === null ? undefined : decodeEntry(text, id);
      return entry === undefined ? { kind: 'missing' } : { kind: 'found', entry };
    } catch (error) {
      // The reader has gone: the database is not asked for nobody.
      if (error instanceof AppError && error.code === 'DEADLINE_PASSED') throw error;
      log.debug({ reason: messageOf(error) }, 'cache read failed');
      return { kind: 'away' };
    }
  };

  const refresh = (id: number): void => {
    if (refreshes >= figures.refreshesMax) return;
    refreshes += 1;
    loadOnce(id, true)
      .catch((error: unknown) => log.debug({ reason: messageOf(error) }, 'early refresh failed'))
      .finally(() => {
        refreshes -= 1;
      });
  };

  const loadOrShow = async (id: number, { finding }: CacheEntry): Promise<ReadProduct> => {
    try {
      return { finding: await inTime(loadOnce(id, true), clock), source: 'miss' };
    } catch (error) {
      log.debug({ reason: messageOf(error), id }, 'stale entry shown');
      return { finding, source: 'stale' };
    }
  };

  return async (id) => {
    const seen = await lookUp(id);
    if (seen.kind !== 'found')
      return { finding: await loadOnce(id, seen.kind === 'missing'), source: 'miss' };
    const { entry } = seen;
    const freshness = judgeEntry(entry, clock.wallMs(), random);
    if (freshness === 'stale') return loadOrShow(id, entry);
    if (freshness === 'early') refresh(id);
    return { finding: entry.finding, source: 'hit' };
  };
}

/** Rejects when the load takes longer than somebody waits who has an older entry in hand. */
function inTime(load: Promise<Finding>, clock: Clock): Promise<Finding> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(figures.stalePatienceMs, () => {
      reject(new Error(`no answer of the database within ${figures.stalePatienceMs} ms`));
    });
    load.then(resolve, reject).finally(cancel);
  });
}

type LoadOnce = (id: number, mayFill: boolean) => Promise<Finding>;

/** Loads and fills; whoever asks for a product that is being loaded waits for the same load. */
function createLoader({ cache, policy, load, clock, random, log }: ProductReaderParts): LoadOnce {
  const underWay = new Map<number, Promise<Finding>>();
  let fills = 0;

  const fill = (id: number, lease: string, entry: CacheEntry, hardMs: number): void => {
    if (fills >= figures.fillsMax) return;
    fills += 1;
    const filling = { version: versionOf(entry.finding), text: encodeEntry(entry), hardMs };
    policy
      .execute(() => cache.fill(id, lease, filling))
      .then((outcome) => {
        if (outcome !== 'stored') log.debug({ id, outcome }, 'cache not filled');
      })
      .catch((error: unknown) => log.debug({ reason: messageOf(error) }, 'cache fill failed'))
      .finally(() => {
        fills -= 1;
      });
  };

  const takeLease = (id: number): Promise<string | undefined> =>
    policy
      .execute(() => cache.lease(id))
      .catch((error: unknown) => {
        log.debug({ reason: messageOf(error) }, 'no lease to fill the cache');
        return undefined;
      });

  const loadAndFill = async (id: number, mayFill: boolean): Promise<Finding> => {
    // Before the database is asked: a change that commits after our look voids it.
    const lease = mayFill ? await takeLease(id) : undefined;
    const startedMs = clock.now();
    const product = await load(id);
    const loadMs = clock.now() - startedMs;
    const finding: Finding = product === undefined ? { kind: 'absent' } : { kind: 'product', product };
    if (lease !== undefined) {
      const { softMs, hardMs } = drawLifetimes(finding.kind, random);
      fill(id, lease, { finding, softUntilMs: clock.wallMs() + softMs, loadMs }, hardMs);
    }
    return finding;
  };

  return (id, mayFill) => {
    const other = underWay.get(id);
    if (other !== undefined) return other;
    // Its own deadline: it is not the first reader's alone.
    const started = withinDeadline(deadlineIn(figures.loadMs, clock), () => loadAndFill(id, mayFill)).finally(
      () => underWay.delete(id),
    );
    underWay.set(id, started);
    return started;
  };
}
