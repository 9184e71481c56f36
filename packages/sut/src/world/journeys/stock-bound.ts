import type { OrderedItem } from '../operation/shop-operation.ts';

/** Each product of the seeded catalogue starts with as many. */
const SEEDED_QUANTITY = 1_000;

/**
 * Arrivals are dealt out to shares in turn, so each has asked for about its part when the shop has given all away; half
 * of that leaves room for chance.
 */
export function stockOfShare(shareCount: number): number {
  return shareCount === 1 ? SEEDED_QUANTITY : SEEDED_QUANTITY / (2 * shareCount);
}

/**
 * How many of each product were ever asked for: never fewer than the shop can have given away. So an
 * "out of stock" is certainly wrong while less than the initial stock was asked for.
 */
export class StockBound {
  readonly #initial: number;
  /** At most one entry per product of the catalogue. */
  readonly #asked = new Map<number, number>();

  constructor(initial = SEEDED_QUANTITY) {
    this.#initial = initial;
  }

  ask(items: readonly OrderedItem[]): void {
    for (const { sku, quantity } of items) this.#asked.set(sku, (this.#asked.get(sku) ?? 0) + quantity);
  }

  /** Whether one of these may be sold out; `items` must have been asked for before. */
  mayBeOut(items: readonly OrderedItem[]): boolean {
    return items.some(({ sku }) => (this.#asked.get(sku) ?? 0) > this.#initial);
  }
}
