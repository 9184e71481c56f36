import type { StoreDescription, SystemStore } from '@stormcart/core';
import type { RunningMariadb } from '../store/mariadb.ts';
import type { RunningRabbitmq } from '../store/rabbitmq.ts';
import type { RunningRedis } from '../store/redis.ts';

/** The stores that faults may act on, under the names of their processes. */
export const storeDescriptions = [
  { name: 'mariadb', technology: 'mariadb' },
  { name: 'redis', technology: 'redis' },
  { name: 'rabbitmq', technology: 'rabbitmq' },
] as const satisfies readonly StoreDescription[];

export interface RunningStores {
  readonly mariadb: RunningMariadb;
  readonly redis: RunningRedis;
  readonly rabbitmq: RunningRabbitmq;
}

/** The same with their real addresses, past any fault proxy, and what their administrator needs. */
export function systemStores({ mariadb, redis, rabbitmq }: RunningStores): readonly SystemStore[] {
  const [forMariadb, forRedis, forRabbitmq] = storeDescriptions;
  return [
    {
      ...forMariadb,
      address: mariadb.address,
      process: mariadb.process.name,
      administrator: mariadb.administrator,
      database: mariadb.database,
    },
    { ...forRedis, address: redis.address, process: redis.process.name },
    {
      ...forRabbitmq,
      address: rabbitmq.address,
      process: rabbitmq.process.name,
      virtualHost: rabbitmq.virtualHost,
      account: rabbitmq.account,
      ...(rabbitmq.control === undefined ? {} : { control: rabbitmq.control }),
    },
  ];
}
