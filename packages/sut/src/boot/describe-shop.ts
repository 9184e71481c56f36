import { type Link, type LinkProtocol, linkOf, type SystemDescription } from '@stormcart/core';
import { shopInvariants } from '../world/invariants/invariants.ts';
import { journeyDescriptions } from '../world/journeys/journeys.ts';
import { tpcwMixes } from '../world/journeys/mix/tpcw.ts';
import { paymentSwitch } from '../world/payment-provider/payment-switch.ts';
import { type Dependency, type ServiceRow, serviceTable } from './service-table.ts';
import type { ShopConfig } from './shop-config.ts';
import { storeDescriptions } from './shop-stores.ts';

/** One process of a service: `catalog/1`. */
export interface ServiceInstance {
  readonly row: ServiceRow;
  readonly instance: number;
  readonly name: string;
}

export function serviceInstances(config: ShopConfig): readonly ServiceInstance[] {
  return serviceTable.flatMap((row) =>
    Array.from({ length: config.replicas[row.name] }, (_, index) => ({
      row,
      instance: index + 1,
      name: `${row.name}/${index + 1}`,
    })),
  );
}

/** Every place where a fault can sit, the customers' side first. */
export function shopLinks(config: ShopConfig): readonly Link[] {
  return [
    linkOf('client', 'balancer', 'https'),
    ...serviceInstances(config)
      .filter(({ row }) => row.prefixes.length > 0)
      .map(({ name }) => linkOf('balancer', name, 'http')),
    ...serviceTable.flatMap((row) =>
      row.dependencies.map((dependency) => linkOf(row.name, dependency, protocolOf(dependency))),
    ),
  ];
}

function protocolOf(dependency: Dependency): LinkProtocol {
  return dependency === 'payment' ? 'http' : 'tcp';
}

/** The series that the processes show under these policies. */
function shopBreakers(config: ShopConfig): readonly string[] {
  return serviceTable.flatMap(({ breakers }) =>
    breakers.flatMap(({ name, dependency }) => (config.policies[dependency] === 'none' ? [] : [name])),
  );
}

export function describeShop(config: ShopConfig): SystemDescription {
  return {
    links: shopLinks(config),
    processes: [
      'mariadb',
      'redis',
      'rabbitmq',
      'balancer',
      ...serviceInstances(config).map((instance) => instance.name),
    ],
    stores: storeDescriptions,
    switches: [paymentSwitch],
    journeys: journeyDescriptions,
    mixes: tpcwMixes,
    choosesPopular: true,
    breakers: shopBreakers(config),
    invariants: shopInvariants.map(({ name, about }) => ({ name, about })),
  };
}
