import type { Invariant } from '@stormcart/core';
import { cartSettled } from './cart-settled.ts';
import { orderTotal } from './order-total.ts';
import { ordersStored } from './orders-stored.ts';
import { outboxEmpty } from './outbox-empty.ts';
import { paymentsExact } from './payments-exact.ts';
import { sagasEnded } from './sagas-ended.ts';
import { asInvariant } from './shop-invariant.ts';
import { stockConserved } from './stock-conserved.ts';

/** What must hold in the shop after every drill, in the order in which a report shows it. */
export const shopInvariants: readonly Invariant[] = [
  ordersStored,
  paymentsExact,
  stockConserved,
  outboxEmpty,
  sagasEnded,
  orderTotal,
  cartSettled,
].map(asInvariant);
