import type { Clock } from '@stormcart/core';
import type { PaymentProvider } from '../payment-provider/payment-provider.ts';
import type { CustomerPool } from './customer-pool.ts';
import type { StockBound } from './stock-bound.ts';

/** What all visits of one drill share. */
export interface JourneyWorld {
  readonly clock: Clock;
  readonly customers: CustomerPool;
  readonly stock: StockBound;
  /** The bank's word on an order: a cancelled order is right only where the bank refused. */
  readonly payments: Pick<PaymentProvider, 'wasDeclined'>;
}
