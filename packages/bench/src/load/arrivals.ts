import type { Steering, SteeringChange } from './steering.ts';

/** When the next journey is due: what the arrival loop follows. */
export interface Arrivals {
  /**
   * The intended start of the next one, ms since zero; undefined when there is none any more. `Infinity`: none until
   * somebody changes something.
   */
  dueMs(): number | undefined;
  /** It has been launched. */
  take(): void;
  /** When it is over, even if nothing is due until then. */
  readonly endMs: number;
  /** Called whenever `dueMs` may have changed by itself; returns what ends it. */
  onChange(listener: () => void): () => void;
}

/** Arrivals exactly as they were planned. */
export function plannedArrivals(startTimes: Iterator<number>): Arrivals {
  let next = startTimes.next();
  return {
    dueMs: () => (next.done === true ? undefined : next.value),
    take: () => {
      next = startTimes.next();
    },
    endMs: Number.POSITIVE_INFINITY,
    onChange: () => () => undefined,
  };
}

/** A stretch between two planned starts, and how much of it has been walked. */
interface Place {
  readonly fromMs: number;
  /** Undefined after the last planned start. */
  readonly untilMs: number | undefined;
  /** 0 at its beginning, 1 at its end. */
  readonly share: number;
  /** How much the sum must still grow until the next one is due. */
  readonly missing: number;
}

/**
 * The planned arrivals, closer together or further apart while somebody steers. Time stays real: twice the rate is
 * twice as many journeys in the same minute, and what would have come in a pause never comes. Between two planned
 * starts the plan's count grows evenly; the factor multiplies that growth, and a journey is due each time the sum has
 * grown by one. Untouched, it gives exactly the planned times.
 */
export function steeredArrivals(
  startTimes: Iterator<number>,
  steering: Pick<Steering, 'changes' | 'onChange'>,
  endMs: number,
): Arrivals {
  const planned = createLookahead(startTimes);
  let taken: Place = { fromMs: 0, untilMs: planned.next(), share: 0, missing: 1 };
  let ahead: { readonly dueMs: number; readonly place: Place } | undefined;
  planned.keep();
  return {
    dueMs: () => {
      ahead ??= walk(taken, planned.next, steering.changes());
      return ahead.dueMs;
    },
    take: () => {
      if (ahead === undefined) return;
      taken = ahead.place;
      ahead = undefined;
      planned.keep();
    },
    endMs,
    onChange: (listener) =>
      steering.onChange(() => {
        // What was reckoned without the change is reckoned again from the last one that was launched.
        ahead = undefined;
        planned.rewind();
        listener();
      }),
  };
}

/** From a place to where the next one is due. */
function walk(
  start: Place,
  nextPlanned: () => number | undefined,
  changes: readonly SteeringChange[],
): { readonly dueMs: number; readonly place: Place } {
  let place = start;
  for (;;) {
    const { fromMs, untilMs, share, missing } = place;
    // A stage without arrivals at the end of a plan is a part of it: the load lasts until then.
    if (untilMs === undefined) return { dueMs: Number.POSITIVE_INFINITY, place };
    if (share >= 1) {
      place = { fromMs: untilMs, untilMs: nextPlanned(), share: 0, missing };
      continue;
    }
    const lengthMs = untilMs - fromMs;
    const atMs = fromMs + share * lengthMs;
    const factor = changes.findLast((change) => change.atMs <= atMs)?.factor ?? 1;
    const change = changes.find((each) => each.atMs > atMs);
    // Nobody knows when a pause ends, so nothing of the plan is passed over yet.
    if (factor === 0 && change === undefined) return { dueMs: Number.POSITIVE_INFINITY, place };
    const isWhole = change === undefined || change.atMs >= untilMs;
    const untilShare = isWhole ? 1 : (change.atMs - fromMs) / lengthMs;
    const grows = factor * (untilShare - share);
    if (factor > 0 && grows >= missing - NOISE) {
      const dueShare = share + missing / factor;
      const isAtEnd = dueShare >= 1 - NOISE;
      return {
        dueMs: isAtEnd ? untilMs : fromMs + dueShare * lengthMs,
        place: { fromMs, untilMs, share: isAtEnd ? 1 : dueShare, missing: 1 },
      };
    }
    // A change so near that it does not move the share is over, or it would be met for ever.
    place = { fromMs, untilMs, share: Math.max(untilShare, share + NOISE), missing: missing - grows };
  }
}

/** Sums of fractions that should meet do so within this. */
const NOISE = 1e-9;

/** An iterator that can be taken back to where it was kept. */
function createLookahead(values: Iterator<number>) {
  let seen: (number | undefined)[] = [];
  let place = 0;
  return {
    next: (): number | undefined => {
      if (place === seen.length) {
        const { done, value } = values.next();
        seen.push(done === true ? undefined : value);
      }
      place += 1;
      return seen[place - 1];
    },
    keep: (): void => {
      seen = seen.slice(place);
      place = 0;
    },
    rewind: (): void => {
      place = 0;
    },
  };
}
