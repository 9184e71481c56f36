import { type SystemUnderTest, systemClock } from '@stormcart/core';
import { manualInstallHint } from '../store/install-plan.ts';
import { storeRequirements } from '../store/store-programs.ts';
import { shopInvariants } from '../world/invariants/invariants.ts';
import { createShareWorld } from '../world/share-world.ts';
import { bootShop } from './boot-shop.ts';
import { describeShop } from './describe-shop.ts';
import { resolveShopConfig, shopOptions } from './shop-config.ts';

/** The shop that ships with Stormcart: services, balancer and private stores on loopback. */
export const shop: SystemUnderTest = {
  name: 'shop',
  options: shopOptions,
  describe: (config) => describeShop(resolveShopConfig(config)),
  boot: async (config, context) => bootShop(resolveShopConfig(config), context),
  shareJourneys: (share) => createShareWorld(systemClock, share),
  invariants: shopInvariants,
  requirements: () => storeRequirements(),
  installHint: (missing) => manualInstallHint([...new Set(missing.flatMap(({ packages }) => packages))]),
};
