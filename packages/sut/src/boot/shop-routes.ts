import type { Address, BootContext, Link } from '@stormcart/core';
import { linkOf } from '@stormcart/core';
import type { ShopPorts } from './shop-ports.ts';

/** Which address each end must use to reach the other, fault proxies included. */
export interface ShopRoutes {
  /** Throws for a pair that is no link: then nobody could have put a fault there. */
  address(from: string, to: string): Address;
}

/** Asks for every link's address; the servers behind need not run yet. */
export async function routeShop(
  links: readonly Link[],
  ports: ShopPorts,
  payment: Address,
  context: Pick<BootContext, 'interpose'>,
): Promise<ShopRoutes> {
  const real = realAddresses(ports, payment);
  const routes = new Map<string, Address>();
  await Promise.all(
    links.map(async (link) => {
      const upstream = real.get(link.to);
      if (upstream === undefined) throw new Error(`link ${link.name} leads nowhere`);
      routes.set(link.name, await context.interpose(link, upstream));
    }),
  );
  return {
    address: (from, to) => {
      const { name } = linkOf(from, to);
      const address = routes.get(name);
      if (address === undefined) throw new Error(`${name} is no link of the shop`);
      return address;
    },
  };
}

function realAddresses(ports: ShopPorts, payment: Address): ReadonlyMap<string, Address> {
  return new Map([
    ['mariadb', local(ports.mariadb)],
    ['redis', local(ports.redis)],
    ['rabbitmq', local(ports.rabbitmq.amqp)],
    ['balancer', local(ports.balancer.entry)],
    ['payment', payment],
    ...[...ports.services].map(([name, port]) => [name, local(port)] as const),
  ]);
}

function local(port: number): Address {
  return { host: '127.0.0.1', port };
}
