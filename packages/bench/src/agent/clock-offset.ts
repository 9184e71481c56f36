/** One look at another clock: what it said between two moments of ours. All milliseconds. */
export interface ClockLook {
  readonly sentMs: number;
  readonly theirMs: number;
  readonly receivedMs: number;
}

export interface OffsetEstimate {
  /** Their clock minus ours. */
  readonly offsetMs: number;
  /** The truth is no further away than this: the answer was read off at some time between sending and receiving. */
  readonly uncertaintyMs: number;
}

/** How another clock stands to ours, by its latest looks. */
export interface ClockOffset {
  look(look: ClockLook): void;
  /** Undefined before the first look. */
  estimate(): OffsetEstimate | undefined;
}

/** At four looks a second the oldest is 4 s old: clocks that are being corrected (500 ppm at most) drift by 2 ms in that time. */
const LOOKS_KEPT = 16;

/** The look with the shortest round trip tells most; the others only lie within a wider margin (Cristian 1989). */
export function createClockOffset(): ClockOffset {
  const looks: ClockLook[] = [];
  return {
    look: (look) => {
      looks.push(look);
      if (looks.length > LOOKS_KEPT) looks.shift();
    },
    estimate: () => {
      const best = looks.toSorted((left, right) => tripMs(left) - tripMs(right))[0];
      if (best === undefined) return undefined;
      const middleMs = (best.sentMs + best.receivedMs) / 2;
      return { offsetMs: best.theirMs - middleMs, uncertaintyMs: tripMs(best) / 2 };
    },
  };
}

/** By how much two estimates of one offset differ for certain: what their margins leave room for is not counted. */
export function certainDriftMs(before: OffsetEstimate, now: OffsetEstimate): number {
  const margin = before.uncertaintyMs + now.uncertaintyMs;
  return Math.max(0, Math.abs(now.offsetMs - before.offsetMs) - margin);
}

function tripMs({ sentMs, receivedMs }: ClockLook): number {
  return receivedMs - sentMs;
}
