import type { Journey } from './journey.ts';

/** One of several equal parts of a load, each made by a process of its own. */
export interface JourneyShare {
  /** From 0 up, below `of`. */
  readonly index: number;
  readonly of: number;
}

/** A booted system's journeys in another process than the one that booted it. */
export interface SharedJourneys {
  readonly journeys: readonly Journey[];
  /**
   * What the booted system must know of these visits, since it was last asked: plain JSON, for its `hearOfShare`.
   * Undefined when there is nothing new.
   */
  readonly news: () => unknown;
}
