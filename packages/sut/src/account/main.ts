import { createBulkhead } from '../policy/bulkhead.ts';
import { bulkheadFigures } from '../policy/figures.ts';
import { createAuthenticate } from '../service/authentication.ts';
import { createPublisher } from '../service/broker/publisher.ts';
import { openDatabase } from '../service/database/database.ts';
import {
  frameVariables,
  identityVariables,
  mariadbVariables,
  rabbitmqVariables,
} from '../service/environment.ts';
import { runService } from '../service/run-service.ts';
import { accountRoutes } from './account-routes.ts';
import { cartRoutes } from './cart-routes.ts';
import { startHousekeeping } from './housekeeping.ts';
import { createKnowsProduct } from './known-products.ts';

const variables = { ...frameVariables, ...mariadbVariables, ...rabbitmqVariables, ...identityVariables };

runService(variables, (environment, context) => {
  const database = openDatabase(environment, context.clock);
  const publisher = createPublisher(environment, context.clock, context.log);
  const authenticate = createAuthenticate(database);
  const hashing = createBulkhead('login', bulkheadFigures.login, context.clock);
  context.metrics.showBulkhead(hashing);
  const identityKey = environment.SHOP_IDENTITY_KEY;
  const housekeeping = startHousekeeping(database, context.clock, context.log);
  return {
    routes: [
      ...accountRoutes({ database, authenticate, gate: hashing, identityKey, clock: context.clock }),
      ...cartRoutes({ authenticate, database, publisher, knowsProduct: createKnowsProduct(database) }),
    ],
    stores: [database, publisher],
    close: async () => {
      await housekeeping.close();
      await publisher.close();
      await database.close();
    },
  };
});
