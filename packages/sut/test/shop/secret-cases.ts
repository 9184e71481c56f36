import { beforeAll, describe, expect, it } from 'vitest';
import { CLERK_EMAIL, SEED_PASSWORD } from '../../src/schema/install-shop.ts';
import { ask, logIn, order } from '../shop-client.ts';
import type { ShopStage, TestService } from '../shop-stage.ts';
import { outcome, secrets } from './people.ts';
import type { ShopRig } from './shop-rig.ts';

/** Where secrets must not be. Comes after everything that has any. */
export function secretCases(rig: () => ShopRig): void {
  let stage: ShopStage;
  let account: TestService;
  let orders: TestService;
  beforeAll(() => {
    ({
      stage,
      account: [account],
      orders: [orders],
    } = rig());
  });

  describe('secrets', () => {
    const card = '4111111111111111';

    it('of a card are refused before they reach a queue', async () => {
      const { token } = await logIn(account.url, 'customer-13@example.test');
      const created = await order(orders.url, token, { items: [{ sku: 3, quantity: 1 }] });
      const path = `${orders.url}/api/orders/${String(created.body['orderId'])}/payments`;
      for (const cardToken of [card, '4111 1111 1111 1111']) {
        const answer = await ask('POST', path, { token, body: { cardToken } });
        expect(outcome(answer)).toEqual([400, 'invalid-request']);
        expect(answer.body['errors']).toEqual([expect.objectContaining({ field: 'body.cardToken' })]);
      }
      const sent = await stage.rows(`SELECT payload FROM outbox WHERE JSON_VALUE(payload, '$.orderId') = ?`, [
        String(created.body['orderId']),
      ]);
      expect(sent).toEqual([]);
    });

    it('are no part of the audit trail, which tells of every change and every refusal', async () => {
      const rows = await stage.rows<{ action: string; customerId: number | null }>(
        `SELECT action, customer_id AS customerId, request_id, details FROM audit_trail WHERE kind = 'security'`,
      );
      expect([...new Set(rows.map(({ action }) => action))].toSorted()).toEqual([
        'account.registered',
        'login.succeeded',
        'password.changed',
        'password.refused',
        'product.changed',
        'second-factor.confirmed',
        'second-factor.ended',
        'second-factor.refused',
        'session.ended',
        'sessions.ended',
      ]);
      const [joined] = await stage.rows<{ count: number }>(
        'SELECT COUNT(*) AS count FROM customer WHERE id > (SELECT id FROM customer WHERE email = ?)',
        [CLERK_EMAIL],
      );
      expect(rows.filter(({ action }) => action === 'account.registered')).toHaveLength(joined?.count ?? 0);
      for (const secret of secrets) expect(JSON.stringify(rows)).not.toContain(secret);
    });

    it('appear in no log of any process', async () => {
      const log = await stage.logs();
      expect(log).toContain('"route":"/api/auth/mfa/totp"');
      expect(secrets.size).toBeGreaterThan(30);
      for (const secret of [...secrets, card, SEED_PASSWORD, '$argon2id']) expect(log).not.toContain(secret);
    });
  });
}
