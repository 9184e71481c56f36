/**
 * Every figure of the recommendations.
 *
 * `settleMs`: numbers of order events are given out before their transactions commit. After this long a lower one can
 * hardly come any more (a transaction waits 2 s for a lock at most); one that does is one purchase not counted.
 *
 * `eventsPerBatch`, `itemsPerOrder`: 200 events are some 60 paid orders of at most 90 pairs, and so a script of a few
 * milliseconds, in which Redis does nothing else. Who buys more than ten things at once says little about pairs.
 *
 * `historyEvents`: how far back counting begins where Redis knows nothing: what 50,000 orders leave, read in 25 s.
 *
 * `partnersKept`, `keptMs`: 100 partners of a product are five pages of suggestions; what nobody has bought together
 * for a month is no suggestion.
 *
 * `feed`: nobody waits for a count. One small query in two seconds when there is nothing to do, a tenth of the
 * database's time when there is, and patience with a Redis in trouble.
 *
 * `popularMs`, `popularKept`: the ranking is a scan of all stock (10,000 rows, some 10 ms) and changes over hours.
 *
 * `recentOrders`: what a customer is interested in now.
 */
export const recommendationFigures = {
  settleMs: 5_000,
  eventsPerBatch: 200,
  itemsPerOrder: 10,
  historyEvents: 200_000,
  partnersKept: 100,
  keptMs: 30 * 24 * 3_600_000,
  feed: { idleMs: 2_000, moreMs: 25, failureMs: { first: 500, longest: 5_000 } },
  popularMs: 60_000,
  popularKept: 100,
  recentOrders: 5,
} as const;
