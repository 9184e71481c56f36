/** How often each product was bought together with each other one. */
export type PairCounts = ReadonlyMap<number, ReadonlyMap<number, number>>;

/** Counts each pair of different products of each purchase, both ways; long purchases only with their first items. */
export function countPairs(purchases: readonly (readonly number[])[], itemsMax: number): PairCounts {
  const counts = new Map<number, Map<number, number>>();
  for (const purchase of purchases) {
    const items = [...new Set(purchase)].slice(0, itemsMax);
    for (const item of items) {
      const partners = counts.get(item) ?? new Map<number, number>();
      for (const other of items) {
        if (other !== item) partners.set(other, (partners.get(other) ?? 0) + 1);
      }
      if (partners.size > 0) counts.set(item, partners);
    }
  }
  return counts;
}

/** A product that was bought with another, and how often. */
export interface Partner {
  readonly productId: number;
  readonly count: number;
}

/** The partners of several products as one list, the most frequent first, without those products themselves. */
export function rankPartners(partners: readonly Partner[], of: readonly number[]): readonly number[] {
  const sums = new Map<number, number>();
  for (const { productId, count } of partners) sums.set(productId, (sums.get(productId) ?? 0) + count);
  for (const productId of of) sums.delete(productId);
  return [...sums]
    .toSorted(([leftId, left], [rightId, right]) => right - left || leftId - rightId)
    .map(([productId]) => productId);
}
