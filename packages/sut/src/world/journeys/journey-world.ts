import type { Clock } from '@stormcart/core';
import type { CustomerPool } from './customer-pool.ts';
import type { StockBound } from './stock-bound.ts';

/** What all visits of one drill share. */
export interface JourneyWorld {
  readonly clock: Clock;
  readonly customers: CustomerPool;
  readonly stock: StockBound;
  /**
   * The bank's word on an order: a cancelled order is right only where the bank refused. Undefined where the bank cannot
   * be asked: then both ends of a payment are right, and what became of the money is left to the audit.
   */
  readonly payments: { wasDeclined(orderId: string): boolean | undefined };
}
