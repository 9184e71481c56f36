import { messageOf } from '@stormcart/core';
import type { Policy } from '../policy/policy.ts';
import type { AssessedOrder } from './read-facts.ts';
import { type FraudFacts, type FraudReason, fraudFigures, scoreOrder } from './score-order.ts';

export type Assessment =
  | { readonly kind: 'clear'; readonly points: number }
  | { readonly kind: 'suspicious'; readonly points: number; readonly reasons: readonly FraudReason[] }
  /** Nobody can say in time: the order is taken, and looked at before it is sent. */
  | { readonly kind: 'unavailable'; readonly reason: string };

/** Assesses an order. Never rejects: a shop that cannot assess sells, and looks later. */
export type AssessOrder = (order: AssessedOrder) => Promise<Assessment>;

/** `policy` bounds how long the facts may take. */
export function createAssessment(
  read: (order: AssessedOrder) => Promise<FraudFacts>,
  policy: Policy,
): AssessOrder {
  return async (order) => {
    try {
      const { points, reasons } = scoreOrder(await policy.execute(() => read(order)));
      return points >= fraudFigures.reviewPoints
        ? { kind: 'suspicious', points, reasons }
        : { kind: 'clear', points };
    } catch (error) {
      return { kind: 'unavailable', reason: messageOf(error) };
    }
  };
}
