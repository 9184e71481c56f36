import { beforeAll, describe, expect, it } from 'vitest';
import { subjectKey } from '../../src/account/guard/subject.ts';
import { ask, type TestAnswer } from '../shop-client.ts';
import type { ShopStage, TestService } from '../shop-stage.ts';
import { createPeople, outcome, type People } from './people.ts';
import type { ShopRig } from './shop-rig.ts';

/** Who may become a customer. */
export function registrationCases(rig: () => ShopRig): void {
  let stage: ShopStage;
  let first: TestService;
  let second: TestService;
  let people: People;
  beforeAll(() => {
    ({
      stage,
      account: [first, second],
    } = rig());
    people = createPeople(rig());
  });

  describe('registration', () => {
    const body = { email: ' New.Person@Example.test ', password: 'fifteen or more', name: 'New Person' };

    it('makes an account that can log in, whatever the case of the address', async () => {
      const registered = await people.post('/api/auth/register', body);
      expect(registered.status).toBe(201);
      const login = await people.post('/api/auth/login', {
        email: 'new.person@example.TEST',
        password: body.password,
      });
      expect(login.status).toBe(200);
      expect(login.headers.get('cache-control')).toBe('no-store');
      expect(login.body).toMatchObject({ customerId: registered.body['customerId'], role: 'customer' });
      expect(login.body['token']).toMatch(/^[\w-]{43}$/);
    });

    it('stores an argon2id hash and never the password', async () => {
      const [row] = await stage.rows<{ hash: string }>(
        `SELECT password_hash AS hash FROM customer WHERE email = 'new.person@example.test'`,
      );
      expect(row?.hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    });

    it('refuses an address that is taken', async () => {
      expect(outcome(await people.post('/api/auth/register', body))).toEqual([409, 'email-taken']);
    });

    it.each([
      ['body.email', { email: 'nobody' }],
      ['body.password', { password: 'fourteen chars' }],
      ['body.password', { password: 'x'.repeat(129) }],
      ['body.name', { name: ' ' }],
      ['body.admin', { admin: true }],
    ])('names %s when it is wrong', async (field, change) => {
      const answer = await people.post('/api/auth/register', {
        ...body,
        email: 'other@example.test',
        ...change,
      });
      expect(outcome(answer)).toEqual([400, 'invalid-request']);
      expect(answer.body['errors']).toEqual([expect.objectContaining({ field })]);
    });

    it.each(['passwordpassword1', 'Other.Person 2026!', 'stormcart-stormcart', 'qwertyuiopasdfgh'])(
      'refuses the password %j, which is long and easy to guess',
      async (password) => {
        const answer = await people.post('/api/auth/register', {
          ...body,
          email: 'other.person@example.test',
          password,
        });
        expect(outcome(answer)).toEqual([422, 'password-refused']);
        expect(answer.body['errors']).toEqual([expect.objectContaining({ field: 'body.password' })]);
        expect(JSON.stringify(answer.body)).not.toContain(password);
      },
    );

    it('is limited per address, on every replica', async () => {
      const from = (address: string, service: TestService): Promise<TestAnswer> =>
        ask('POST', people.at('/api/auth/register', service), {
          body,
          headers: { 'x-forwarded-for': `10.0.0.1, ${address}` },
        });
      expect((await from('203.0.113.9', first)).status).toBe(409);
      await stage.rows('UPDATE rate_limit SET due_at = NOW(6) + INTERVAL 1 HOUR WHERE bucket = UNHEX(?)', [
        subjectKey('registerFromAddress', '203.0.113.9').toString('hex'),
      ]);
      for (const service of [first, second]) {
        const answer = await from('203.0.113.9', service);
        expect(outcome(answer)).toEqual([429, 'too-many-attempts']);
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(3_000);
      }
      expect((await from('203.0.113.10', second)).status).toBe(409);
    });
  });
}
