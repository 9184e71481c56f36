import { createRandom } from '@stormcart/core';
import { createPolicy } from '../policy/create-policy.ts';
import { policyFigures } from '../policy/figures.ts';
import { createCoPurchases } from '../recommendation/co-purchases.ts';
import { createReadPopular, loadOffered, loadPopular } from '../recommendation/popular.ts';
import { startPurchaseFeed } from '../recommendation/purchase-feed.ts';
import { recentProducts } from '../recommendation/purchases.ts';
import { createRecommend } from '../recommendation/recommend.ts';
import { recommendationRoutes } from '../recommendation/routes.ts';
import { createAuthenticate } from '../service/authentication.ts';
import { openDatabase } from '../service/database/database.ts';
import { addressText, frameVariables, mariadbVariables, policyName } from '../service/environment.ts';
import { runService } from '../service/run-service.ts';
import { adminRoutes } from './admin-routes.ts';
import { createProductCache } from './cache.ts';
import { countReads, showLoads } from './cache-metrics.ts';
import { createLoadWatch } from './load-watch.ts';
import { loadProduct } from './product.ts';
import { createProductReader } from './product-reader.ts';
import { clientOptions, openRedis } from './redis.ts';
import { catalogRoutes } from './routes.ts';
import { startVoidRelay } from './void-relay.ts';

const variables = {
  ...frameVariables,
  ...mariadbVariables,
  SHOP_REDIS: addressText,
  SHOP_POLICY_CACHE: policyName,
  SHOP_POLICY_RECOMMENDATION: policyName,
};

runService(variables, (environment, { clock, log, metrics }) => {
  const kind = environment.SHOP_POLICY_CACHE;
  const policy = createPolicy(kind, 'catalog.redis', policyFigures.cache);
  metrics.showBreaker(policy);
  const database = openDatabase(environment, clock);
  const redis = openRedis(environment.SHOP_REDIS, clientOptions(kind, policyFigures.cache), clock, log);
  const cache = createProductCache(redis.client);
  const loads = createLoadWatch();
  showLoads(metrics.registry, loads);
  const readProduct = createProductReader({
    cache,
    policy,
    load: loads.watch((id) => loadProduct(database, id)),
    clock,
    // Spreads expiry; each process its own way.
    random: createRandom(`cache/${process.pid}`),
    log,
  });
  const relay = startVoidRelay({ database, cache, policy, clock, log });
  const authenticate = createAuthenticate(database);

  // Its own breaker: decoration gives up sooner, and its failures say nothing about the products' reads.
  const advice = createPolicy(
    environment.SHOP_POLICY_RECOMMENDATION,
    'catalog.recommendation',
    policyFigures.recommendation,
  );
  metrics.showBreaker(advice);
  const coPurchases = createCoPurchases(redis.client);
  const feed = startPurchaseFeed({ database, coPurchases, policy: advice, clock, log });
  const recommend = createRecommend({
    coPurchases,
    policy: advice,
    readPopular: createReadPopular(() => loadPopular(database), clock, log),
    loadOffered: (ids) => loadOffered(database, ids),
    log,
  });
  return {
    routes: [
      ...catalogRoutes(countReads(metrics.registry, readProduct), database),
      ...adminRoutes({ database, authenticate, cache, policy }),
      ...recommendationRoutes({
        recommend,
        authenticate,
        recentProducts: (customerId) => recentProducts(database, customerId),
      }),
    ],
    stores: [database, redis],
    close: async () => {
      await Promise.all([relay.close(), feed.close()]);
      policy.close();
      advice.close();
      redis.close();
      await database.close();
    },
  };
});
