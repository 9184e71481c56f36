import type { Database } from '../service/database/database.ts';
import { type Cancellation, cancelOrder } from './cancel-order.ts';

export type ReviewDecision = 'approve' | 'reject';

export type ReviewOutcome =
  /** It may be sent. */
  | { readonly kind: 'approved' }
  /** It was cancelled. */
  | { readonly kind: 'rejected'; readonly cancellation: Cancellation }
  /** Nobody asked for a review of it, or it had one. */
  | { readonly kind: 'noReview' };

/** What somebody decided who looked at an order. */
export async function reviewOrder(
  database: Database,
  orderId: string,
  decision: ReviewDecision,
): Promise<ReviewOutcome> {
  if (decision === 'reject') {
    const note = { review: 'rejected' } as const;
    return { kind: 'rejected', cancellation: await cancelOrder(database, orderId, () => true, note) };
  }
  // An approval that is repeated is still one: the first answer may have been lost.
  const { matched } = await database.change(
    `UPDATE orders SET review = 'approved' WHERE id = ? AND review IN ('pending', 'approved')`,
    [orderId],
  );
  return matched === 0 ? { kind: 'noReview' } : { kind: 'approved' };
}
