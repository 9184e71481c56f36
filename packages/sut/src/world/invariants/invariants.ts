import type { Invariant } from '@stormcart/core';
import { cacheConsistent } from './cache-consistent.ts';
import { cartSettled } from './cart-settled.ts';
import { deadLetters } from './dead-letters.ts';
import { ledgerAgrees } from './ledger-agrees.ts';
import { orderTotal } from './order-total.ts';
import { ordersStored } from './orders-stored.ts';
import { outboxEmpty } from './outbox-empty.ts';
import { paymentsExact } from './payments-exact.ts';
import { probesRefused } from './probes-refused.ts';
import { readYourWrites } from './read-your-writes.ts';
import { sagasEnded } from './sagas-ended.ts';
import { secretsKept } from './secrets-kept.ts';
import { asInvariant } from './shop-invariant.ts';
import { stockConserved } from './stock-conserved.ts';
import { trailComplete } from './trail-complete.ts';

/** What must hold in the shop after every drill, in the order in which a report shows it. */
export const shopInvariants: readonly Invariant[] = [
  ordersStored,
  paymentsExact,
  stockConserved,
  outboxEmpty,
  sagasEnded,
  orderTotal,
  cartSettled,
  readYourWrites,
  deadLetters,
  cacheConsistent,
  probesRefused,
  trailComplete,
  secretsKept,
  ledgerAgrees,
].map(asInvariant);
