import type { ClientExchange, Clock, DrainResult, Journey } from '@stormcart/core';
import { CustomerPool, probedCustomers } from './journeys/customer-pool.ts';
import type { JourneyWorld } from './journeys/journey-world.ts';
import { createJourneys } from './journeys/journeys.ts';
import { StockBound } from './journeys/stock-bound.ts';
import type { PaymentProvider } from './payment-provider/payment-provider.ts';
import { expireSession } from './probe/expire-session.ts';
import { createPoisonSender } from './probe/poison-sender.ts';
import { createGroundKeeper } from './probe/prepare-ground.ts';
import { createProbes } from './probe/probes.ts';
import { reprice } from './probe/shopkeeper.ts';
import { SecretBook } from './secrets/secret-book.ts';
import { watchSecrets } from './secrets/watch-secrets.ts';
import { parseShareNews } from './share-world.ts';
import { drainShop } from './snapshot/drain.ts';
import { readShopSnapshot } from './snapshot/read-snapshot.ts';
import type { ShopSnapshot } from './snapshot/shop-snapshot.ts';
import type { ShopStores } from './snapshot/shop-stores.ts';

/** Everything outside one running shop but its payment provider, which must be there before the shop is. */
export interface ShopWorld {
  readonly journeys: readonly Journey[];
  /** What an attacker tries beside them. */
  readonly probes: Journey;
  /** Until nothing is under way any more or the signal ends it. Never rejects. */
  drain(signal: AbortSignal): Promise<DrainResult>;
  /** Takes in what the world of a share tells. Throws share-news-unreadable. */
  hearOfShare(news: unknown): void;
  /** `exchanges`: what the clients were answered. Rejects when a store or a log cannot be read. */
  snapshot(signal: AbortSignal, exchanges?: readonly ClientExchange[]): Promise<ShopSnapshot>;
}

export interface ShopWorldOptions {
  readonly clock: Clock;
  readonly payments: PaymentProvider;
  /** Real addresses, past any fault proxy. */
  readonly stores: ShopStores;
  /** Where the shop's processes write their logs; absent where nobody does. */
  readonly logFolder?: string;
}

/** Binds the outside world to a running shop. Holds no connection between calls. */
export function createShopWorld({ clock, payments, stores, logFolder }: ShopWorldOptions): ShopWorld {
  const customers = new CustomerPool();
  const secrets = new SecretBook();
  const poison = createPoisonSender(stores.rabbitmq);
  const world: JourneyWorld = { clock, customers, stock: new StockBound(), payments };
  const probed: JourneyWorld = { ...world, customers: probedCustomers() };
  /** Of visits made elsewhere; their customers are none of those here. */
  const seqsElsewhere = new Map<number, number>();
  const ground = createGroundKeeper(probed, (token, customerId) =>
    expireSession(stores.mariadb, token, customerId),
  );
  const sources = { stores, payments, secrets, poison: poison.sent };
  return {
    journeys: createJourneys(world).map((journey) => watchSecrets(journey, secrets)),
    probes: watchSecrets(
      createProbes({ ground, poison, reprice: (visit) => reprice(probed, visit) }),
      secrets,
    ),
    drain: (signal) =>
      drainShop(
        { stores, clock, cartSeqs: () => new Map([...customers.cartSeqs(), ...seqsElsewhere]) },
        signal,
      ),
    hearOfShare: (news) => {
      const told = parseShareNews(news);
      for (const [spelling, kind] of told.secrets) secrets.noteSpelling(spelling, kind);
      for (const [customerId, seq] of told.cartSeqs) seqsElsewhere.set(customerId, seq);
    },
    snapshot: (signal, exchanges) =>
      readShopSnapshot(
        {
          ...sources,
          ...(logFolder === undefined ? {} : { logFolder }),
          ...(exchanges === undefined ? {} : { exchanges }),
        },
        signal,
      ),
  };
}
