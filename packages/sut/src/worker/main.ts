import { z } from 'zod';
import { createAssessment } from '../fraud/assess-order.ts';
import { readFacts } from '../fraud/read-facts.ts';
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
import { sweepFigures } from './figures.ts';
import { startOrderSweep } from './order-sweep.ts';
import { startOutboxRelay } from './outbox-relay.ts';
import { paymentConsumption } from './payment-consumer.ts';
import { createPaymentProvider } from './payment-provider.ts';
import { refundConsumption } from './refund-consumer.ts';

const seconds = z.coerce.number().int().min(1).max(604_800);

const variables = {
  ...frameVariables,
  ...mariadbVariables,
  ...rabbitmqVariables,
  SHOP_PAYMENT: addressText,
  SHOP_POLICY_PAYMENT: policyName,
  SHOP_POLICY_FRAUD: policyName,
  SHOP_STUCK_SECONDS: seconds.default(sweepFigures.stuckAfterSeconds),
  SHOP_RESERVATION_SECONDS: seconds.default(sweepFigures.abandonedAfterSeconds),
};

runService(variables, (environment, { clock, log, metrics }) => {
  const policy = createPolicy(environment.SHOP_POLICY_PAYMENT, 'worker.payment', policyFigures.payment);
  metrics.showBreaker(policy);
  const fraudPolicy = createPolicy(environment.SHOP_POLICY_FRAUD, 'worker.fraud', policyFigures.fraud);
  metrics.showBreaker(fraudPolicy);
  // Consumers and relay repeat what failed; a second layer below them would multiply their tries.
  const database = openDatabase(environment, clock, 'by the caller');
  const publisher = createPublisher(environment, clock, log);
  const provider = createPaymentProvider(environment.SHOP_PAYMENT, policyFigures.payment.lastResortMs);
  const assess = createAssessment((order) => readFacts(database, order), fraudPolicy);
  const parts = { database, provider, policy, assess, log };
  const times = {
    stuckAfterSeconds: environment.SHOP_STUCK_SECONDS,
    abandonedAfterSeconds: environment.SHOP_RESERVATION_SECONDS,
  };
  const relay = startOutboxRelay(database, publisher, clock, log);
  const consumers = [
    startConsumer(environment, cartConsumption(database), clock, log),
    startConsumer(environment, paymentConsumption(parts), clock, log),
    startConsumer(environment, refundConsumption(parts), clock, log),
  ];
  const sweep = startOrderSweep(parts, times, clock);
  return {
    routes: [],
    stores: [database, publisher, ...consumers],
    close: async () => {
      await Promise.all([relay.close(), sweep.close(), ...consumers.map((consumer) => consumer.close())]);
      policy.close();
      fraudPolicy.close();
      await publisher.close();
      await database.close();
    },
  };
});
