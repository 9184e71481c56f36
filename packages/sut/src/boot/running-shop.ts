import { type RunningSystem, type SupervisedChild, systemClock } from '@stormcart/core';
import { paymentSwitchOf } from '../world/payment-provider/payment-switch.ts';
import { createShopWorld } from '../world/shop-world.ts';
import { observeShop } from './observe-shop.ts';
import type { ShopFoundation } from './shop-foundation.ts';
import { type RunningStores, systemStores } from './shop-stores.ts';

export interface ShopParts {
  readonly foundation: ShopFoundation;
  readonly stores: RunningStores;
  /** Where every process writes its log. */
  readonly logFolder: string;
  /** Every process that faults may act on. */
  readonly processes: readonly SupervisedChild[];
  /** Ends what the supervisor does not know of. */
  readonly close: () => Promise<void>;
}

/** A booted shop as drills see it. */
export function runningShop({ foundation, stores, logFolder, processes, close }: ShopParts): RunningSystem {
  const { config, instances, ports, payments, routes, virtualHost, front } = foundation;
  const { mariadb } = stores;
  const world = createShopWorld({
    clock: systemClock,
    payments,
    logFolder,
    // Past any fault proxy: the audit reads what is stored, whatever still lies on a link.
    stores: {
      mariadb: { ...mariadb.address, ...mariadb.account, database: mariadb.database },
      redis: { host: '127.0.0.1', port: ports.redis },
      rabbitmq: { host: '127.0.0.1', port: ports.rabbitmq.amqp, vhost: virtualHost },
    },
  });
  const observed = instances
    .filter(({ row }) => row.breakers.some(({ dependency }) => config.policies[dependency] !== 'none'))
    .map(({ name }) => ({ name, port: ports.services.get(name) ?? 0 }));
  const entry = routes.address('client', 'balancer');
  return {
    entryUrl: `https://${entry.host}:${entry.port}`,
    certificateAuthority: front.authority,
    addresses: shopAddresses(foundation),
    processes,
    stores: systemStores(stores),
    switches: [paymentSwitchOf(payments, systemClock)],
    journeys: world.journeys,
    probes: world.probes,
    observe: (signal) => observeShop(observed, ports.balancer.admin, signal),
    drain: (signal) => world.drain(signal),
    hearOfShare: (news) => world.hearOfShare(news),
    snapshot: (signal, exchanges) => world.snapshot(signal, exchanges),
    close,
  };
}

function shopAddresses({ ports, payments }: ShopFoundation): Readonly<Record<string, string>> {
  return {
    'balancer admin': `http://127.0.0.1:${ports.balancer.admin}`,
    ...Object.fromEntries([...ports.services].map(([name, port]) => [name, `http://127.0.0.1:${port}`])),
    mariadb: `127.0.0.1:${ports.mariadb}`,
    redis: `127.0.0.1:${ports.redis}`,
    rabbitmq: `127.0.0.1:${ports.rabbitmq.amqp}`,
    payment: `http://${payments.address.host}:${payments.address.port}`,
  };
}
