import { z } from 'zod';
import { CATALOGUE_SIZE } from '../../journeys/catalogue-choice.ts';
import { randomUuid } from '../../journeys/random-uuid.ts';
import { type Attack, attempt, bearer } from '../attack.ts';

const NAME = 'own-price';

/** The cheapest product of the catalogue costs 99. */
const PRICE_CENTS = 1;

const orderAnswer = z.object({ totalCents: z.int() });

export const ownPrice: Attack = {
  name: NAME,
  about: 'Orders at a price of the attacker’s own.',
  async run(visit, { attacker }) {
    const sku = visit.random.integer(1, CATALOGUE_SIZE);
    await attempt(visit, NAME, {
      attempt: 'name the price of an ordered product',
      method: 'POST',
      path: '/api/orders',
      headers: { ...bearer(attacker.token), 'idempotency-key': randomUuid(visit.random) },
      body: { items: [{ sku, quantity: 1, priceCents: PRICE_CENTS }] },
      isBreach: (status, body) =>
        status === 201 && orderAnswer.safeParse(body).data?.totalCents === PRICE_CENTS,
    });
  },
};
