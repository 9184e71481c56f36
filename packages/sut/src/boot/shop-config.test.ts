import { describe, expect, it } from 'vitest';
import { balancerFile } from './balancer-process.ts';
import { describeShop, serviceInstances } from './describe-shop.ts';
import { serviceProcess } from './service-process.ts';
import { resolveShopConfig } from './shop-config.ts';
import type { ShopPorts } from './shop-ports.ts';
import { routeShop } from './shop-routes.ts';

const usual = { topology: 'single', services: {}, policies: {} } as const;

describe('resolveShopConfig', () => {
  it('fills in what a scenario leaves out', () => {
    expect(resolveShopConfig(usual)).toEqual({
      replicas: { catalog: 2, account: 2, orders: 2, worker: 1 },
      policies: { cache: 'opossum', payment: 'opossum', recommendation: 'opossum', fraud: 'opossum' },
      overload: 'priority',
      algorithm: 'round-robin',
    });
  });

  it('keeps what a scenario says', () => {
    const config = resolveShopConfig({
      topology: 'single',
      services: { orders: 4 },
      policies: { cache: 'none', overload: 'none' },
      algorithm: 'ip-hash',
    });
    expect(config).toEqual({
      replicas: { catalog: 2, account: 2, orders: 4, worker: 1 },
      policies: { cache: 'none', payment: 'opossum', recommendation: 'opossum', fraud: 'opossum' },
      overload: 'none',
      algorithm: 'ip-hash',
    });
  });

  it('refuses everything wrong at once, each with what is accepted', () => {
    expect(() =>
      resolveShopConfig({
        topology: 'ha',
        services: { catalog: 0, orders: 1.5, billing: 1 },
        policies: { cache: 'hystrix', search: 'none', overload: 'opossum' },
        algorithm: 'random',
      }),
    ).toThrowError(
      expect.objectContaining({
        code: 'SHOP_CONFIG_INVALID',
        kind: 'usage',
        details: {
          issues: [
            'topology `ha` is not one of single',
            'services.catalog is 0, not a whole number from 1 to 8',
            'services.orders is 1.5, not a whole number from 1 to 8',
            'service `billing` is not one of catalog, account, orders, worker',
            'policies.cache `hystrix` is not one of none, opossum, cockatiel',
            'dependency `search` is not one of cache, payment, recommendation, fraud, overload',
            'policies.overload `opossum` is not one of none, priority',
            expect.stringContaining('algorithm `random` is not one of '),
          ],
        },
      }),
    );
  });
});

describe('describeShop', () => {
  it('names every link, process and breaker of the usual shop', () => {
    const description = describeShop(resolveShopConfig(usual));
    expect(description.links.map((link) => link.name)).toEqual([
      'client->balancer',
      'balancer->catalog/1',
      'balancer->catalog/2',
      'balancer->account/1',
      'balancer->account/2',
      'balancer->orders/1',
      'balancer->orders/2',
      'catalog->mariadb',
      'catalog->redis',
      'account->mariadb',
      'account->rabbitmq',
      'orders->mariadb',
      'worker->mariadb',
      'worker->rabbitmq',
      'worker->payment',
    ]);
    expect(description.processes).toEqual([
      'mariadb',
      'redis',
      'rabbitmq',
      'balancer',
      'catalog/1',
      'catalog/2',
      'account/1',
      'account/2',
      'orders/1',
      'orders/2',
      'worker/1',
    ]);
    expect(description.breakers).toEqual([
      'catalog.redis',
      'catalog.recommendation',
      'worker.payment',
      'worker.fraud',
    ]);
  });

  it('has no breaker where the policy is none', () => {
    const config = resolveShopConfig({ ...usual, policies: { cache: 'none' } });
    expect(describeShop(config).breakers).toEqual([
      'catalog.recommendation',
      'worker.payment',
      'worker.fraud',
    ]);
  });
});

describe('what processes are told', async () => {
  const config = resolveShopConfig(usual);
  const services = new Map(serviceInstances(config).map(({ name }, index) => [name, 30_001 + index]));
  const ports: ShopPorts = {
    mariadb: 1,
    redis: 2,
    rabbitmq: { amqp: 3, distribution: 4, epmd: 5 },
    balancer: { entry: 6, admin: 7 },
    services,
    close: async () => undefined,
  };
  const description = describeShop(config);
  // Every link gets its own proxy port, the way a drill that breaks all of them would have it.
  const proxyPorts = new Map(description.links.map(({ name }, index) => [name, 40_001 + index]));
  const routes = await routeShop(
    description.links,
    ports,
    { host: '127.0.0.1', port: 8 },
    {
      interpose: async (link) => ({ host: '127.0.0.1', port: proxyPorts.get(link.name) ?? 0 }),
    },
  );
  const front = {
    authority: { certificate: 'PEM', file: '/cache/ca.pem' },
    certificateFile: '/data/front.pem',
    keyFile: '/data/front-key.pem',
  };
  const at = (link: string): string => `127.0.0.1:${proxyPorts.get(link)}`;
  const told = (name: string): Readonly<Record<string, string>> => {
    const instance = serviceInstances(config).find((candidate) => candidate.name === name);
    if (instance === undefined) throw new Error(`no ${name}`);
    return serviceProcess(instance, {
      config,
      routes,
      port: services.get(name) ?? 0,
      database: 'shop',
      account: { user: 'shop', password: 'secret' },
      virtualHost: 'shop-1',
      identityKey: 'the key',
    }).env;
  };

  it('sends each service through its own links, and tells it of nothing else', () => {
    expect(told('catalog/2')).toEqual({
      SHOP_SERVICE: 'catalog',
      SHOP_INSTANCE: '2',
      SHOP_PORT: '30002',
      SHOP_MARIADB: at('catalog->mariadb'),
      SHOP_MARIADB_USER: 'shop',
      SHOP_MARIADB_PASSWORD: 'secret',
      SHOP_MARIADB_DATABASE: 'shop',
      SHOP_REDIS: at('catalog->redis'),
      SHOP_POLICY_OVERLOAD: 'priority',
      SHOP_POLICY_CACHE: 'opossum',
      SHOP_POLICY_RECOMMENDATION: 'opossum',
    });
    expect(told('worker/1')).toMatchObject({
      SHOP_RABBITMQ: at('worker->rabbitmq'),
      SHOP_RABBITMQ_VHOST: 'shop-1',
      SHOP_PAYMENT: at('worker->payment'),
      SHOP_POLICY_PAYMENT: 'opossum',
      SHOP_POLICY_FRAUD: 'opossum',
    });
  });

  it('hands the key of secrets at rest to the account service alone', () => {
    const holders = serviceInstances(config).filter(({ name }) => 'SHOP_IDENTITY_KEY' in told(name));
    expect(holders.map(({ name }) => name)).toEqual(['account/1', 'account/2']);
    expect(told('account/2')['SHOP_IDENTITY_KEY']).toBe('the key');
  });

  it('sends the balancer to its back ends through their links, the worker left out', () => {
    const file = balancerFile({ config, ports, routes, front });
    expect(file.pools.map(({ name }) => name)).toEqual(['catalog', 'account', 'orders']);
    // Buyers may queue at the door; nobody else waits longer than the balancer's own figure.
    expect(file.pools.map(({ waitMs }) => waitMs)).toEqual([undefined, undefined, 8_000]);
    expect(file.pools[0]?.backends).toEqual([
      { name: 'catalog/1', host: '127.0.0.1', port: proxyPorts.get('balancer->catalog/1') },
      { name: 'catalog/2', host: '127.0.0.1', port: proxyPorts.get('balancer->catalog/2') },
    ]);
  });
});
