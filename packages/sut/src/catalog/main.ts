import { createRandom } from '@stormcart/core';
import { createPolicy } from '../policy/create-policy.ts';
import { policyFigures } from '../policy/figures.ts';
import { openDatabase } from '../service/database/database.ts';
import { addressText, frameVariables, mariadbVariables, policyName } from '../service/environment.ts';
import { runService } from '../service/run-service.ts';
import { clientOptions, openCache } from './cache.ts';
import { loadProduct } from './product.ts';
import { createProductReader } from './product-reader.ts';
import { catalogRoutes } from './routes.ts';

const variables = {
  ...frameVariables,
  ...mariadbVariables,
  SHOP_REDIS: addressText,
  SHOP_POLICY_CACHE: policyName,
};

runService(variables, (environment, { clock, log, metrics }) => {
  const kind = environment.SHOP_POLICY_CACHE;
  const policy = createPolicy(kind, 'catalog.redis', policyFigures.cache);
  metrics.showBreaker(policy);
  const database = openDatabase(environment, clock);
  const cache = openCache(environment.SHOP_REDIS, clientOptions(kind, policyFigures.cache), clock, log);
  const readProduct = createProductReader({
    cache,
    policy,
    load: (id) => loadProduct(database, id),
    // Spreads expiry; each process its own way.
    random: createRandom(`cache/${process.pid}`),
    log,
  });
  return {
    routes: catalogRoutes(readProduct, database),
    stores: [database, cache],
    close: async () => {
      policy.close();
      cache.close();
      await database.close();
    },
  };
});
