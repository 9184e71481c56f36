import { createPolicy } from '../policy/create-policy.ts';
import { policyFigures } from '../policy/figures.ts';
import { startConsumer } from '../service/broker/consumer.ts';
import { createPublisher } from '../service/broker/publisher.ts';
import { openDatabase } from '../service/database/database.ts';
import {
  addressText,
  frameVariables,
  mariadbVariables,
  policyName,
  rabbitmqVariables,
} from '../service/environment.ts';
import { runService } from '../service/run-service.ts';
import { cartConsumption } from './cart-consumer.ts';
import { startOutboxRelay } from './outbox-relay.ts';
import { paymentConsumption } from './payment-consumer.ts';
import { createPaymentProvider } from './payment-provider.ts';

const variables = {
  ...frameVariables,
  ...mariadbVariables,
  ...rabbitmqVariables,
  SHOP_PAYMENT: addressText,
  SHOP_POLICY_PAYMENT: policyName,
};

runService(variables, (environment, { clock, log, metrics }) => {
  const policy = createPolicy(environment.SHOP_POLICY_PAYMENT, 'worker.payment', policyFigures.payment);
  metrics.showBreaker(policy);
  // Consumers and relay repeat what failed; a second layer below them would multiply their tries.
  const database = openDatabase(environment, clock, 'by the caller');
  const publisher = createPublisher(environment, clock, log);
  const provider = createPaymentProvider(environment.SHOP_PAYMENT, policyFigures.payment.lastResortMs);
  const relay = startOutboxRelay(database, publisher, clock, log);
  const consumers = [
    startConsumer(environment, cartConsumption(database), clock, log),
    startConsumer(environment, paymentConsumption({ database, provider, policy, log }), clock, log),
  ];
  return {
    routes: [],
    stores: [database, publisher, ...consumers],
    close: async () => {
      await Promise.all([relay.close(), ...consumers.map((consumer) => consumer.close())]);
      policy.close();
      await publisher.close();
      await database.close();
    },
  };
});
