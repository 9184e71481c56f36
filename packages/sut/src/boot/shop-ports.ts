import { leasePort, type PortLease } from '@stormcart/core';
import type { ServiceInstance } from './describe-shop.ts';

/** The port of every server of one shop, leased for as long as it runs. */
export interface ShopPorts {
  readonly mariadb: number;
  readonly redis: number;
  readonly rabbitmq: { readonly amqp: number; readonly distribution: number; readonly epmd: number };
  readonly balancer: { readonly entry: number; readonly admin: number };
  /** By instance name. */
  readonly services: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

export async function leaseShopPorts(instances: readonly ServiceInstance[]): Promise<ShopPorts> {
  const leases: PortLease[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(leases.map((lease) => lease.close()));
  };
  const lease = async (): Promise<number> => {
    const leased = await leasePort();
    leases.push(leased);
    return leased.port;
  };
  try {
    const services = new Map<string, number>();
    for (const { name } of instances) services.set(name, await lease());
    return {
      mariadb: await lease(),
      redis: await lease(),
      rabbitmq: { amqp: await lease(), distribution: await lease(), epmd: await lease() },
      balancer: { entry: await lease(), admin: await lease() },
      services,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
