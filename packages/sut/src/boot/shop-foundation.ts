import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { type BootContext, systemClock } from '@stormcart/core';
import { type PaymentProvider, startPaymentProvider } from '../world/payment-provider/payment-provider.ts';
import { type FrontCertificate, prepareFrontCertificate } from './certificate/front-certificate.ts';
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
  /** What the balancer shows its clients. */
  readonly front: FrontCertificate;
  /** RabbitMQ's only one, named after the run. */
  readonly virtualHost: string;
  /** What customers' secrets are encrypted with at rest: 32 bytes in base64url, made for this run and kept nowhere. */
  readonly identityKey: string;
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
  const front = await prepareFrontCertificate(context.cacheFolder, context.dataFolder, systemClock.wallMs());
  const virtualHost = `shop-${context.supervisor.runId.replaceAll(/[^\w-]/g, '-')}`;
  const identityKey = randomBytes(32).toString('base64url');
  return { config, instances, ports, payments, routes, front, virtualHost, identityKey };
}
