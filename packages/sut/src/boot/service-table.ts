import { fileURLToPath } from 'node:url';
import type { PolicyDependency } from './shop-config.ts';

export type ServiceName = 'catalog' | 'account' | 'orders' | 'worker';

/** What a service keeps connections to; the second end of its links. */
export type Dependency = 'mariadb' | 'redis' | 'rabbitmq' | 'payment';

/** Everything about one service that its processes are started with. */
export interface ServiceRow {
  readonly name: ServiceName;
  /** The file to run. */
  readonly entry: string;
  /** How many run when a scenario does not say, and how many may. */
  readonly replicas: number;
  readonly replicasMax: number;
  readonly dependencies: readonly Dependency[];
  /** What the balancer sends it; nothing for one that only works off queues. */
  readonly prefixes: readonly string[];
  /**
   * How long the balancer lets a request wait for one of its connections to the service; the balancer's own figure where
   * nothing is said.
   */
  readonly waitMs?: number;
  /** The calls that a breaker may guard, and how metrics name it. */
  readonly breakers: readonly { readonly name: string; readonly dependency: PolicyDependency }[];
  /** Given to who keeps customers' secrets encrypted at rest. */
  readonly holdsIdentityKey?: true;
  /** V8's old generation. The working sets measured 25–40 MB; argon2's memory is not part of it. */
  readonly heapMb: number;
}

/** Ports, and a machine that also drives the load, end well before. */
const REPLICAS_MAX = 8;

/**
 * Whoever buys may queue: in a rush the balancer keeps buyers waiting, where it costs little, as long again as a checkout
 * may take once it was let in. The bulkhead inside then never has more of them than its process can answer in time.
 */
const SALE_WAIT_MS = 8_000;

/** The shop's own services, in the order in which reports show them. */
export const serviceTable: readonly ServiceRow[] = [
  {
    name: 'catalog',
    entry: entryOf('catalog'),
    replicas: 2,
    replicasMax: REPLICAS_MAX,
    dependencies: ['mariadb', 'redis'],
    prefixes: ['/api/product', '/api/products', '/api/recommendations'],
    breakers: [
      { name: 'catalog.redis', dependency: 'cache' },
      { name: 'catalog.recommendation', dependency: 'recommendation' },
    ],
    heapMb: 128,
  },
  {
    name: 'account',
    entry: entryOf('account'),
    replicas: 2,
    replicasMax: REPLICAS_MAX,
    dependencies: ['mariadb', 'rabbitmq'],
    prefixes: ['/api/auth', '/api/cart', '/api/profile'],
    holdsIdentityKey: true,
    breakers: [],
    heapMb: 128,
  },
  {
    name: 'orders',
    entry: entryOf('orders'),
    replicas: 2,
    replicasMax: REPLICAS_MAX,
    dependencies: ['mariadb'],
    prefixes: ['/api/orders'],
    waitMs: SALE_WAIT_MS,
    breakers: [],
    heapMb: 128,
  },
  {
    name: 'worker',
    entry: entryOf('worker'),
    replicas: 1,
    replicasMax: REPLICAS_MAX,
    dependencies: ['mariadb', 'rabbitmq', 'payment'],
    prefixes: [],
    breakers: [
      { name: 'worker.payment', dependency: 'payment' },
      { name: 'worker.fraud', dependency: 'fraud' },
    ],
    heapMb: 128,
  },
];

function entryOf(service: ServiceName): string {
  return fileURLToPath(new URL(`../${service}/main.ts`, import.meta.url));
}
