import type { Random, Visit } from '@stormcart/core';

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

/** Popular products have small ids: shops and web caches count pages by Zipf's law (Breslau et al., 1999). */
export function choosePopularProduct(visit: Visit): number {
  return visit.choosePopular(CATALOGUE_SIZE);
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
