import { type Attack, attempt, bearer } from '../attack.ts';

const NAME = 'admin-route';

/** Who gets as far as being told about the order has passed the check of the role. */
const REFUSALS: ReadonlySet<number> = new Set([401, 403, 429]);

export const adminRoute: Attack = {
  name: NAME,
  about: 'Uses a route for admins as a customer.',
  async run(visit, { victim, victimOrderId }) {
    await attempt(visit, NAME, {
      attempt: 'ship an order as a customer',
      method: 'POST',
      path: `/api/orders/${victimOrderId}/shipments`,
      headers: bearer(victim.token),
      isBreach: (status) => status < 500 && !REFUSALS.has(status),
    });
  },
};
