import type { Gate } from '../judge/gate.ts';

/**
 * How much of a gate's limit is left: 1 is as good as it gets, 0 is at the limit, negative beyond. For `p99 < 400ms` it
 * is the share of the 400 ms that was not needed; for `success >= 95%` that of the 5 % that may fail.
 */
export function roomOf(
  { operator, limit }: Pick<Gate, 'operator' | 'limit'>,
  measured: number,
  isShare: boolean,
): number {
  switch (operator) {
    case '<':
    case '<=':
      return limit === 0 ? (measured === 0 ? 0 : -1) : clamp((limit - measured) / Math.abs(limit));
    case '>':
    case '>=': {
      // A share cannot exceed 1, a count can be any number: twice the wanted count is as good as it gets.
      const best = isShare ? 1 : 2 * limit;
      if (best === limit) return measured >= limit ? 0 : clamp((measured - limit) / (Math.abs(limit) || 1));
      return clamp((measured - limit) / (best - limit));
    }
    case '==':
      return measured === limit ? 0 : -1;
  }
}

/** Beyond a screen's width of the limit nobody counts any more. */
function clamp(room: number): number {
  return Math.min(1, Math.max(-10, room));
}
