/** One of several equal parts of a plan: those arrivals whose index leaves the remainder `index` when divided by `of`. */
export interface Share {
  /** From 0 up, below `of`. */
  readonly index: number;
  readonly of: number;
}

/** All of it. */
export const WHOLE: Share = { index: 0, of: 1 };

/**
 * The intended starts that belong to a share, unchanged. The shares of a plan have no arrival in common and none is
 * missing, whatever its count and the rate: nothing is divided, so nothing is rounded.
 */
export function startTimesOf(startTimes: IterableIterator<number>, share: Share): IterableIterator<number> {
  return share.of === 1 ? startTimes : everyNth(startTimes, share);
}

function* everyNth(startTimes: Iterable<number>, { index, of }: Share): IterableIterator<number> {
  let place = 0;
  for (const startMs of startTimes) {
    if (place === index) yield startMs;
    place = place + 1 === of ? 0 : place + 1;
  }
}

/** The index in the whole plan of a share's n-th arrival, both counted from 0. */
export function arrivalOf({ index, of }: Share, place: number): number {
  return place * of + index;
}

/** How many arrivals of a plan with this many belong to the share. */
export function countOf({ index, of }: Share, planCount: number): number {
  return Math.max(0, Math.ceil((planCount - index) / of));
}
