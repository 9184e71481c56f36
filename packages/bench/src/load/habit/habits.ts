import { createZipf, type Random } from '@stormcart/core';
import type { Think } from './think.ts';

/** How customers behave, whatever they do: the part of a scenario's load that no journey decides. */
export interface Habits {
  /** Between the requests of a visit; they do not think when absent. */
  readonly think?: Think;
  /** Zipf's exponent of what is popular; 1 when absent. */
  readonly popularity?: number;
}

/** One of `count` things, counted from 1. */
export type ChoosePopular = (count: number, random: Random) => number;

/** As page counts of shops and web caches have it (Breslau et al., 1999: 0.64 to 0.83; Adamic and Huberman, 2002: 1). */
const USUAL_EXPONENT = 1;
/** Journeys choose from a few collections whose sizes are fixed; each table takes up to 8 MB. */
const COLLECTIONS_MAX = 16;

/** The tables are made once for all visits. */
export function createPopularity(exponent = USUAL_EXPONENT): ChoosePopular {
  const tables = new Map<number, (random: Random) => number>();
  return (count, random) => {
    let choose = tables.get(count);
    if (choose === undefined) {
      if (tables.size === COLLECTIONS_MAX) tables.clear();
      choose = createZipf(count, exponent);
      tables.set(count, choose);
    }
    return choose(random);
  };
}
