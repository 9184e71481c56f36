import type { Logger } from 'pino';
import type { AssessOrder } from '../fraud/assess-order.ts';
import type { Policy } from '../policy/policy.ts';
import type { Database } from '../service/database/database.ts';
import type { PaymentProvider } from './payment-provider.ts';

/** What the saga's steps beyond the shop's own database need. */
export interface SagaParts {
  readonly database: Database;
  readonly provider: PaymentProvider;
  /** Guards the provider. */
  readonly policy: Policy;
  readonly assess: AssessOrder;
  readonly log: Logger;
}

/** Whether this call took the step, or somebody had before. */
export type Effect = 'taken' | 'alreadyTaken';

/** The provider's key for an order's one charge, and for its one refund. */
export const chargeKeyOf = (orderId: string): string => `pay-${orderId}`;
export const refundKeyOf = (orderId: string): string => `refund-${orderId}`;
