import { messageOf } from '@stormcart/core';
import type { Logger } from 'pino';
import type { FoundProduct } from '../catalog/product.ts';
import type { Policy } from '../policy/policy.ts';
import type { CoPurchases } from './co-purchases.ts';
import { rankPartners } from './pair-counts.ts';
import type { ReadPopular } from './popular.ts';

export interface RecommendParts {
  readonly coPurchases: Pick<CoPurchases, 'partners'>;
  readonly policy: Policy;
  readonly readPopular: ReadPopular;
  /** Those of the products that can be bought. */
  readonly loadOffered: (ids: readonly number[]) => Promise<readonly FoundProduct[]>;
  readonly log: Logger;
}

export interface Recommendations {
  readonly items: readonly FoundProduct[];
  /** `popular` where nothing is known of what was bought together. */
  readonly basis: 'coPurchases' | 'popular';
  /** A store did not answer, so this is what everybody gets. */
  readonly isDegraded: boolean;
}

export type Recommend = (productIds: readonly number[], limit: number) => Promise<Recommendations>;

/** Suggestions beside these products: what was bought with them, filled up with what sells best. */
export function createRecommend(parts: RecommendParts): Recommend {
  const { coPurchases, policy, readPopular, loadOffered, log } = parts;

  const partnersOf = async (productIds: readonly number[], limit: number) => {
    if (productIds.length === 0) return [];
    // Twice as many as wanted: some are sold out.
    const partners = await policy.execute(() => coPurchases.partners(productIds, 2 * limit));
    return loadOffered(rankPartners(partners, productIds).slice(0, 2 * limit));
  };

  return async (productIds, limit) => {
    let partners: readonly FoundProduct[] = [];
    let isDegraded = false;
    try {
      partners = await partnersOf(productIds, limit);
    } catch (error) {
      log.debug({ reason: messageOf(error) }, 'popular products instead of recommendations');
      isDegraded = true;
    }
    const chosen = new Map(partners.slice(0, limit).map((item) => [item.id, item]));
    if (chosen.size < limit) {
      for (const item of await readPopular()) {
        if (chosen.size >= limit) break;
        if (!productIds.includes(item.id) && !chosen.has(item.id)) chosen.set(item.id, item);
      }
    }
    const basis = partners.length > 0 ? 'coPurchases' : 'popular';
    return { items: [...chosen.values()], basis, isDegraded };
  };
}
