import { beforeAll, describe, expect, it } from 'vitest';
import { SEED_PASSWORD } from '../../src/schema/install-shop.ts';
import { ask } from '../shop-client.ts';
import type { ShopStage, TestService } from '../shop-stage.ts';
import { createPeople, outcome, type People } from './people.ts';
import type { ShopRig } from './shop-rig.ts';

/** How long a session lasts. */
export function sessionCases(rig: () => ShopRig): void {
  let stage: ShopStage;
  let second: TestService;
  let people: People;
  beforeAll(() => {
    ({
      stage,
      account: [, second],
    } = rig());
    people = createPeople(rig());
  });

  describe('a session', () => {
    it('is stored under a hash and ends everywhere at once', async () => {
      const { token } = await people.enter('customer-3@example.test');
      const stored = await stage.rows<{ hash: string }>('SELECT HEX(token_hash) AS hash FROM session');
      expect(JSON.stringify(stored)).not.toContain(Buffer.from(token).toString('hex').toUpperCase());
      expect(await people.isKnown(token, second)).toBe(200);
      expect((await ask('DELETE', people.at('/api/auth/session'), { token })).status).toBe(204);
      const after = await ask('GET', people.at('/api/profile', second), { token });
      expect(outcome(after)).toEqual([401, 'unauthenticated']);
      expect(after.headers.get('www-authenticate')).toBe('Bearer');
    });

    it.each([
      ['too old', 'expires_at = NOW(3) - INTERVAL 1 SECOND'],
      ['unused for an hour', 'seen_at = NOW(3) - INTERVAL 3601 SECOND'],
    ])('ends when it is %s', async (_what, change) => {
      const { token, customerId } = await people.enter('customer-4@example.test');
      await stage.rows(`UPDATE session SET ${change} WHERE customer_id = ?`, [customerId]);
      expect(await people.isKnown(token)).toBe(401);
    });

    it('goes on while it is used', async () => {
      const { token, customerId } = await people.enter('customer-5@example.test');
      await stage.rows('UPDATE session SET seen_at = NOW(3) - INTERVAL 3000 SECOND WHERE customer_id = ?', [
        customerId,
      ]);
      expect(await people.isKnown(token)).toBe(200);
      const [row] = await stage.rows<{ unused: number }>(
        'SELECT TIMESTAMPDIFF(SECOND, seen_at, NOW(3)) AS unused FROM session WHERE customer_id = ?',
        [customerId],
      );
      expect(row?.unused).toBeLessThan(100);
    });

    it('ends with all others of its customer when they ask for it', async () => {
      const [one, other, stranger] = [
        await people.enter('customer-6@example.test'),
        await people.enter('customer-6@example.test', SEED_PASSWORD, second),
        await people.enter('customer-7@example.test'),
      ];
      expect((await ask('DELETE', people.at('/api/auth/sessions'), { token: one.token })).status).toBe(204);
      expect([await people.isKnown(one.token), await people.isKnown(other.token, second)]).toEqual([
        401, 401,
      ]);
      expect(await people.isKnown(stranger.token)).toBe(200);
      await people.enter('customer-6@example.test');
    });

    it.each(['', 'Bearer', 'Bearer short', `Basic ${'a'.repeat(43)}`, `Bearer ${'a'.repeat(43)}`])(
      'is not %j',
      async (authorization) => {
        for (const [method, path] of [
          ['DELETE', '/api/auth/session'],
          ['DELETE', '/api/auth/sessions'],
          ['GET', '/api/profile'],
          ['PATCH', '/api/profile'],
          ['POST', '/api/profile/mfa'],
          ['POST', '/api/profile/mfa/confirmation'],
          ['DELETE', '/api/profile/mfa'],
        ] as const) {
          const answer = await ask(method, people.at(path), { headers: { authorization } });
          expect([path, ...outcome(answer)]).toEqual([path, 401, 'unauthenticated']);
        }
      },
    );
  });
}
