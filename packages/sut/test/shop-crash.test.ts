import { everyStep, testCrashes } from './crash-steps.ts';

/** The last step of each kind: the effect is stored and nobody was told. All others: shop-crash.soak.ts. */
const lastOf = <Item>(items: readonly Item[]): readonly Item[] => items.slice(-1);

testCrashes({
  creation: lastOf(everyStep.creation),
  request: lastOf(everyStep.request),
  cancellation: lastOf(everyStep.cancellation),
  relay: everyStep.relay.filter(({ call }) => call.includes('publish')),
  payment: everyStep.payment.filter(({ when, call }) => when === 'after' && call.includes('charges')),
  refusal: [],
  refund: everyStep.refund.filter(({ call }) => call.includes('refunds')),
  expiry: lastOf(everyStep.expiry),
});
