/** Counts the loads of each product from the outside, so that it does not believe what it is meant to check. */
export interface LoadWatch {
  /** The same function, counted. */
  watch<Result>(load: (id: number) => Promise<Result>): (id: number) => Promise<Result>;
  observe(): LoadSight;
}

export interface LoadSight {
  /** Grows from 0. */
  readonly startedCount: number;
  readonly inFlight: number;
  /** The most loads of one product that were ever under way at once. */
  readonly sameProductMax: number;
}

export function createLoadWatch(): LoadWatch {
  const inFlight = new Map<number, number>();
  let startedCount = 0;
  let total = 0;
  let sameProductMax = 0;
  return {
    watch: (load) => async (id) => {
      const same = (inFlight.get(id) ?? 0) + 1;
      inFlight.set(id, same);
      startedCount += 1;
      total += 1;
      sameProductMax = Math.max(sameProductMax, same);
      try {
        return await load(id);
      } finally {
        total -= 1;
        const left = (inFlight.get(id) ?? 1) - 1;
        if (left === 0) inFlight.delete(id);
        else inFlight.set(id, left);
      }
    },
    observe: () => ({ startedCount, inFlight: total, sameProductMax }),
  };
}
