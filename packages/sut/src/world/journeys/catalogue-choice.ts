import type { Random } from '@stormcart/core';

/** Product ids run from 1 to this in the seeded catalogue. */
export const CATALOGUE_SIZE = 10_000;

/** Words of the seeded catalogue's names: each finds hundreds of products. */
const KNOWN_WORDS = [
  'lamp',
  'chair',
  'kettle',
  'blanket',
  'backpack',
  'bottle',
  'teapot',
  'umbrella',
] as const;

/** Words that no product has. */
const UNKNOWN_WORDS = ['unobtainium', 'flugelhorn'] as const;

/** People do misspell; an empty page is then the right one. */
const UNKNOWN_WORD_SHARE = 0.05;

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

export interface SearchWord {
  readonly word: string;
  /** Whether anything has it in its name. */
  readonly isKnown: boolean;
}

export function chooseSearchWord(random: Random): SearchWord {
  return random.chance(UNKNOWN_WORD_SHARE)
    ? { word: random.pick(UNKNOWN_WORDS), isKnown: false }
    : { word: random.pick(KNOWN_WORDS), isKnown: true };
}
