import type { Random } from '@stormcart/core';

/** Product ids run from 1 to this in the seeded catalogue. */
export const CATALOGUE_SIZE = 10_000;

/** Words that occur in the seeded catalogue's names, and one that does not: an empty result is right, too. */
const SEARCH_WORDS = [
  'lamp',
  'chair',
  'kettle',
  'blanket',
  'backpack',
  'bottle',
  'desk',
  'unobtainium',
] as const;

/**
 * A product with Zipf-like popularity: rank k is wanted about 1/k as often as the first, as in the page
 * counts of shops and web caches (Breslau et al., 1999). Uniform in the logarithm gives just that.
 */
export function choosePopularProduct(random: Random): number {
  return Math.min(CATALOGUE_SIZE, Math.floor((CATALOGUE_SIZE + 1) ** random.next()));
}

/** An id that the catalogue does not have. */
export function chooseUnknownProduct(random: Random): number {
  return CATALOGUE_SIZE + random.integer(1, CATALOGUE_SIZE);
}

export function chooseSearchWord(random: Random): string {
  return random.pick(SEARCH_WORDS);
}
