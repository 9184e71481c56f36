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
import { createGate } from './gate.ts';
import { startHousekeeping } from './housekeeping.ts';
import { createKnowsProduct } from './known-products.ts';

/**
 * Two hashes at a time leave two of Node's four pool threads to everything else; eight more wait some 200 ms. Who
 * comes on top is told to come back: a queue that takes longer than people wait only burns CPU for nobody.
 */
const hashing = createGate({ runningMax: 2, waitingMax: 8 });

const variables = { ...frameVariables, ...mariadbVariables, ...rabbitmqVariables, ...identityVariables };

runService(variables, (environment, context) => {
  const database = openDatabase(environment, context.clock);
  const publisher = createPublisher(environment, context.clock, context.log);
  const authenticate = createAuthenticate(database);
  const identityKey = environment.SHOP_IDENTITY_KEY;
  const housekeeping = startHousekeeping(database, context.clock, context.log);
  return {
    routes: [
      ...accountRoutes({ database, authenticate, gate: hashing, identityKey, clock: context.clock }),
      ...cartRoutes({ authenticate, database, publisher, knowsProduct: createKnowsProduct(database) }),
    ],
    stores: [database, publisher],
    close: async () => {
      housekeeping.close();
      await publisher.close();
      await database.close();
    },
  };
});
