import { awaitCart, chooseCartChange, putItem, putLate } from './cart-steps.ts';
import type { JourneyKind } from './journey-kind.ts';
import { withCustomer } from './with-customer.ts';

/** Some change their mind once more. */
const SECOND_CHANGE_SHARE = 0.3;
/** Two tabs on a bad line are rare; a drill of a hundred carts has some. */
const LATE_SHARE = 0.05;

export const cart: JourneyKind = {
  name: 'cart',
  about: 'Puts something into the cart, or takes it out, and looks until the cart shows it.',
  routes: ['cart-put', 'cart-get', 'login'],
  async run(world, visit) {
    const changes = visit.random.chance(SECOND_CHANGE_SHARE) ? 2 : 1;
    await withCustomer(world, visit, async (customer) => {
      for (let change = 0; change < changes; change += 1) {
        const chosen = chooseCartChange(visit, customer.knownCart);
        const put = visit.random.chance(LATE_SHARE) ? putLate : putItem;
        const promise = await put(world, visit, customer, chosen);
        if (promise === undefined) return;
        if ((await awaitCart(world, visit, customer, promise)) === undefined) return;
      }
    });
  },
};
