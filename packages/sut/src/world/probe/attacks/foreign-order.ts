import { type Attack, attempt, bearer, isDone } from '../attack.ts';

const NAME = 'foreign-order';

export const foreignOrder: Attack = {
  name: NAME,
  about: 'Reads and pays an order of another customer.',
  async run(visit, { attacker, victimOrderId }) {
    const headers = bearer(attacker.token);
    const path = `/api/orders/${victimOrderId}`;
    await attempt(visit, NAME, {
      attempt: 'read the order of another customer',
      method: 'GET',
      path,
      headers,
      isBreach: isDone,
    });
    await attempt(visit, NAME, {
      attempt: 'pay the order of another customer',
      method: 'POST',
      path: `${path}/payments`,
      headers,
      body: { cardToken: 'tok_stolen' },
      isBreach: isDone,
    });
    await attempt(visit, NAME, {
      attempt: 'read an order without a session',
      method: 'GET',
      path,
      isBreach: isDone,
    });
  },
};
