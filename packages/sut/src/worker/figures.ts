/** When the worker looks after orders by itself, and how many at once. */
export const sweepFigures = {
  /** Three small indexed queries every two seconds, whatever they find: it has waited far longer. */
  polling: { idleMs: 2_000, moreMs: 2_000, failureMs: { first: 2_000, longest: 2_000 } },
  /**
   * Seconds. A message takes under a second, its tries in hand some 9 s: who is under way for 30 s has lost its message
   * or had it left to the sweep. Early enough to end every order within two minutes of a fault's end.
   */
  stuckAfterSeconds: 30,
  /**
   * Seconds. A customer who has not paid within half an hour has gone, and the goods are somebody else's. The usual
   * figure of shops and ticket sellers is 15 to 30 minutes; far beyond any drill.
   */
  abandonedAfterSeconds: 1_800,
  /** The oldest first. More wait for the next look, two seconds later. */
  ordersMax: 50,
  /** At a time: a slow provider must not keep the pool's ten connections and the consumers' breaker to itself. */
  atOnce: 4,
} as const;
