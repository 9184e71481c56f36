import { z } from 'zod';
import { type Attack, attempt, bearer, isDone } from '../attack.ts';

const NAME = 'sql-text';

const searchAnswer = z.object({ items: z.array(z.unknown()) });

/** Something was found that the word does not name, or the text reached the database as a statement and broke it. */
function isInjected(status: number, body: unknown): boolean {
  return status === 500 || (searchAnswer.safeParse(body).data?.items.length ?? 0) > 0;
}

const isTaken = (status: number): boolean => status === 500 || isDone(status);

export const sqlText: Attack = {
  name: NAME,
  about: 'Writes statements where the shop expects words, ids and addresses.',
  async run(visit, { attacker }) {
    const search = encodeURIComponent(`unobtainium' IN BOOLEAN MODE) OR 1=1 -- `);
    await attempt(visit, NAME, {
      attempt: 'search for a statement',
      method: 'GET',
      path: `/api/products?q=${search}&limit=5`,
      isBreach: isInjected,
    });
    await attempt(visit, NAME, {
      attempt: 'ask for a product by a statement',
      method: 'GET',
      path: `/api/product?id=${encodeURIComponent('1 OR 1=1')}`,
      isBreach: isTaken,
    });
    await attempt(visit, NAME, {
      attempt: 'ask for an order by a statement',
      method: 'GET',
      path: `/api/orders/${encodeURIComponent(`' OR '1'='1`)}`,
      headers: bearer(attacker.token),
      isBreach: isTaken,
    });
    await attempt(visit, NAME, {
      attempt: 'log in with a statement',
      method: 'POST',
      path: '/api/auth/login',
      body: { email: `' OR 1=1 -- @example.test`, password: `whatever') OR ('1'='1` },
      isBreach: isTaken,
    });
  },
};
