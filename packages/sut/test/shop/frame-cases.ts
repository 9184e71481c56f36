import { beforeAll, describe, expect, it } from 'vitest';
import { ask, eventually, logIn, problemOf } from '../shop-client.ts';
import type { TestService } from '../shop-stage.ts';
import type { ShopRig } from './shop-rig.ts';

/** What every service answers alike. */
export function frameCases(rig: () => ShopRig): void {
  let account: TestService;
  beforeAll(() => {
    ({
      account: [account],
    } = rig());
  });
  const at = (path: string): string => account.url + path;

  describe('the frame', () => {
    it('keeps the caller’s request id, and makes one where it is missing or unfit', async () => {
      const kept = await ask('GET', at('/api/cart'), { headers: { 'x-request-id': 'abc-123' } });
      expect(kept.headers.get('x-request-id')).toBe('abc-123');
      const made = await ask('GET', at('/api/cart'), { headers: { 'x-request-id': 'a b' } });
      expect(made.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
    });

    it('answers an unknown path, bad JSON and a large body with problems', async () => {
      const unknown = await ask('GET', at('/api/nothing'));
      expect([unknown.status, problemOf(unknown)]).toEqual([404, 'not-found']);
      const response = await fetch(at('/api/auth/login'), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{',
      });
      expect([response.status, await response.json()]).toEqual([
        400,
        expect.objectContaining({ type: 'urn:stormcart:problem:malformed-body' }),
      ]);
      const large = await ask('POST', at('/api/auth/login'), { body: { email: 'x'.repeat(20_000) } });
      expect([large.status, problemOf(large)]).toEqual([413, 'body-too-large']);
      const undecodable = await ask('PUT', at('/api/cart/items/%ff'));
      expect([undecodable.status, problemOf(undecodable)]).toEqual([400, 'invalid-request']);
    });

    it('serves probes and metrics by route pattern', async () => {
      expect((await fetch(at('/livez'))).status).toBe(200);
      expect((await fetch(at('/readyz'))).status).toBe(200);
      const metrics = await (await fetch(at('/metrics'))).text();
      expect(metrics).toContain(
        'http_server_request_duration_seconds_count{http_route="/api/cart/items/:sku"',
      );
      expect(metrics).not.toContain('stormcart_breaker_state');
    });

    it('logs each request with its id and no secret', async () => {
      const { token } = await logIn(account.url, 'customer-34@example.test');
      await ask('GET', at('/api/cart'), { token, headers: { 'x-request-id': 'log-probe' } });
      await eventually(async () => (await account.log()).includes('log-probe'));
      const log = await account.log();
      const lines = log
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(lines.find((line) => line['requestId'] === 'log-probe')).toMatchObject({
        service: 'account',
        instance: 1,
        method: 'GET',
        route: '/api/cart',
        status: 200,
      });
      expect(log).not.toContain(token);
      expect(log).not.toContain('correct horse');
      expect(log).not.toContain('$argon2id');
    });
  });
}
