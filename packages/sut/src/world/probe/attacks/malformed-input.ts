import { randomUuid } from '../../journeys/random-uuid.ts';
import { type Attack, attempt, bearer, isDone } from '../attack.ts';

const NAME = 'malformed-input';

/** Sixty times the largest honest body. */
const PADDING_CHARS = 64 * 1024;

/** A 500 is no gain by itself, but it says that the input got further than any check. */
const isTaken = (status: number): boolean => status === 500 || isDone(status);

export const malformedInput: Attack = {
  name: NAME,
  about: 'Sends bodies that are too large, and quantities that give money back.',
  async run(visit, { attacker }) {
    const order = (what: string, body: unknown) =>
      attempt(visit, NAME, {
        attempt: what,
        method: 'POST',
        path: '/api/orders',
        headers: { ...bearer(attacker.token), 'idempotency-key': randomUuid(visit.random) },
        body,
        isBreach: isTaken,
      });
    await order('order less than nothing', { items: [{ sku: 1, quantity: -1 }] });
    await order('order with a body of 64 KiB', {
      items: [{ sku: 1, quantity: 1 }],
      note: 'x'.repeat(PADDING_CHARS),
    });
  },
};
