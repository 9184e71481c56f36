import { mkdir } from 'node:fs/promises';
import { type BootContext, systemClock } from '@stormcart/core';
import { type PaymentProvider, startPaymentProvider } from '../world/payment-provider/payment-provider.ts';
import { type ServiceInstance, serviceInstances, shopLinks } from './describe-shop.ts';
import type { ShopConfig } from './shop-config.ts';
import { leaseShopPorts, type ShopPorts } from './shop-ports.ts';
import { routeShop, type ShopRoutes } from './shop-routes.ts';

/** What is there before the first process of a shop. */
export interface ShopFoundation {
  readonly config: ShopConfig;
  readonly instances: readonly ServiceInstance[];
  readonly ports: ShopPorts;
  readonly payments: PaymentProvider;
  readonly routes: ShopRoutes;
  /** RabbitMQ's only one, named after the run. */
  readonly virtualHost: string;
}

/** Leases ports, opens the payment provider and lets every link be interposed. What it opens goes into `opened`. */
export async function layFoundation(
  config: ShopConfig,
  context: BootContext,
  opened: AsyncDisposableStack,
): Promise<ShopFoundation> {
  const instances = serviceInstances(config);
  const ports = await leaseShopPorts(instances);
  opened.defer(() => ports.close());
  const payments = await startPaymentProvider({ clock: systemClock, seed: context.seed });
  opened.defer(() => payments.close());
  await mkdir(context.dataFolder, { recursive: true });
  const routes = await routeShop(shopLinks(config), ports, payments.address, context);
  const virtualHost = `shop-${context.supervisor.runId.replaceAll(/[^\w-]/g, '-')}`;
  return { config, instances, ports, payments, routes, virtualHost };
}
