import type { Clock, DrainResult, Journey } from '@stormcart/core';
import { CustomerPool } from './journeys/customer-pool.ts';
import { createJourneys } from './journeys/journeys.ts';
import { StockBound } from './journeys/stock-bound.ts';
import type { PaymentProvider } from './payment-provider/payment-provider.ts';
import { drainShop } from './snapshot/drain.ts';
import { readShopSnapshot } from './snapshot/read-snapshot.ts';
import type { ShopSnapshot } from './snapshot/shop-snapshot.ts';
import type { ShopStores } from './snapshot/shop-stores.ts';

/** Everything outside one running shop but its payment provider, which must be there before the shop is. */
export interface ShopWorld {
  readonly journeys: readonly Journey[];
  /** Until nothing is under way any more or the signal ends it. Never rejects. */
  drain(signal: AbortSignal): Promise<DrainResult>;
  /** Rejects when a store cannot be read. */
  snapshot(signal: AbortSignal): Promise<ShopSnapshot>;
}

export interface ShopWorldOptions {
  readonly clock: Clock;
  readonly payments: PaymentProvider;
  /** Real addresses, past any fault proxy. */
  readonly stores: ShopStores;
}

/** Binds the outside world to a running shop. Holds no connection between calls. */
export function createShopWorld({ clock, payments, stores }: ShopWorldOptions): ShopWorld {
  const customers = new CustomerPool();
  return {
    journeys: createJourneys({ clock, customers, stock: new StockBound(), payments }),
    drain: (signal) => drainShop({ stores, clock, cartSeqs: () => customers.cartSeqs() }, signal),
    snapshot: (signal) => readShopSnapshot({ stores, payments }, signal),
  };
}
