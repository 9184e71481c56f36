import type { CachedProduct, ShopSnapshot } from '../snapshot/shop-snapshot.ts';
import type { ShopInvariant } from './shop-invariant.ts';

type ProductRow = ShopSnapshot['products'][number];

/** The cache may forget, and it may lag while things change; at rest, whatever it says is what the database says. */
export const cacheConsistent: ShopInvariant = {
  name: 'cache-consistent',
  about: 'No cached product is newer than the database, and at rest each is equal to it.',
  judge({ snapshot }) {
    const rows = new Map(snapshot.products.map((row) => [row.productId, row]));
    const findings = snapshot.cachedProducts.flatMap((cached) => {
      const row = rows.get(cached.productId);
      const problem = problemOf(cached, row);
      return problem === undefined
        ? []
        : [{ message: `${cached.key}: ${problem}`, evidence: { cached, stored: row } }];
    });
    return { checkedCount: snapshot.cachedProducts.length, findings };
  },
};

function problemOf(cached: CachedProduct, row: ProductRow | undefined): string | undefined {
  switch (cached.kind) {
    case 'unreadable':
      return 'the entry cannot be read';
    case 'absent':
      return row === undefined ? undefined : 'the cache denies a product that is stored';
    case 'product': {
      if (row === undefined) return 'the cache shows a product that is not stored';
      if (cached.namedId !== cached.productId) return `the entry is that of product ${cached.namedId}`;
      const { version, priceCents } = cached;
      if (version !== null && version > row.version) {
        return `version ${version} is cached, newer than the stored ${row.version}`;
      }
      if (version !== null && version < row.version) {
        return `version ${version} is cached, ${row.version} is stored`;
      }
      return priceCents === row.priceCents
        ? undefined
        : `${priceCents} cents are cached, ${row.priceCents} are stored`;
    }
  }
}
