import { createAuthenticate } from '../service/authentication.ts';
import { openDatabase } from '../service/database/database.ts';
import { frameVariables, mariadbVariables } from '../service/environment.ts';
import { runService } from '../service/run-service.ts';
import { orderRoutes } from './routes.ts';

runService({ ...frameVariables, ...mariadbVariables }, (environment, context) => {
  const database = openDatabase(environment, context.clock);
  return {
    routes: orderRoutes(database, createAuthenticate(database)),
    stores: [database],
    close: () => database.close(),
  };
});
