import type { MariadbAccount } from '../store/mariadb.ts';
import type { ServiceInstance } from './describe-shop.ts';
import type { NodeProcess } from './node-process.ts';
import type { Dependency } from './service-table.ts';
import type { ShopConfig } from './shop-config.ts';
import type { ShopRoutes } from './shop-routes.ts';

export interface ServiceSurroundings {
  readonly config: ShopConfig;
  readonly routes: ShopRoutes;
  readonly port: number;
  readonly database: string;
  readonly account: MariadbAccount;
  readonly virtualHost: string;
  /** 32 bytes in base64url. */
  readonly identityKey: string;
}

/** How one instance of a service is started; it is told of nothing that it does not use. */
export function serviceProcess(
  { row, instance, name }: ServiceInstance,
  surroundings: ServiceSurroundings,
): NodeProcess {
  const { config, routes, port } = surroundings;
  const told = row.dependencies.map((dependency) => {
    const { host, port: at } = routes.address(row.name, dependency);
    return dependencyVariables[dependency](`${host}:${at}`, surroundings);
  });
  return {
    name,
    args: [row.entry],
    heapMb: row.heapMb,
    readyUrl: `http://127.0.0.1:${port}/readyz`,
    env: {
      SHOP_SERVICE: row.name,
      SHOP_INSTANCE: String(instance),
      SHOP_PORT: String(port),
      ...Object.assign({}, ...told),
      ...(row.holdsIdentityKey === true ? { SHOP_IDENTITY_KEY: surroundings.identityKey } : {}),
      SHOP_POLICY_OVERLOAD: config.overload,
      ...Object.fromEntries(
        row.breakers.map(({ dependency }) => [POLICY_VARIABLES[dependency], config.policies[dependency]]),
      ),
    },
  };
}

/** What tells a process of the policy for each of its dependencies; it refuses to start without. */
const POLICY_VARIABLES = {
  cache: 'SHOP_POLICY_CACHE',
  payment: 'SHOP_POLICY_PAYMENT',
  recommendation: 'SHOP_POLICY_RECOMMENDATION',
  fraud: 'SHOP_POLICY_FRAUD',
} as const;

const dependencyVariables: Readonly<
  Record<Dependency, (at: string, surroundings: ServiceSurroundings) => Readonly<Record<string, string>>>
> = {
  mariadb: (at, { database, account }) => ({
    SHOP_MARIADB: at,
    SHOP_MARIADB_USER: account.user,
    SHOP_MARIADB_PASSWORD: account.password,
    SHOP_MARIADB_DATABASE: database,
  }),
  redis: (at) => ({ SHOP_REDIS: at }),
  rabbitmq: (at, { virtualHost }) => ({ SHOP_RABBITMQ: at, SHOP_RABBITMQ_VHOST: virtualHost }),
  payment: (at) => ({ SHOP_PAYMENT: at }),
};
