import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { SEED_PASSWORD } from '../../src/schema/install-shop.ts';
import { ask, type TestAnswer } from '../shop-client.ts';
import type { TestService } from '../shop-stage.ts';
import { createPeople, outcome, type People, secrets, statusesOf } from './people.ts';
import type { ShopRig } from './shop-rig.ts';

/** What customers may change about themselves. */
export function profileCases(rig: () => ShopRig): void {
  let first: TestService;
  let second: TestService;
  let people: People;
  beforeAll(() => {
    ({
      account: [first, second],
    } = rig());
    people = createPeople(rig());
  });

  describe('the profile', () => {
    const address = { street: 'Quay 7', postcode: '2000', city: 'Antwerp', country: 'BE' };
    const patch = (token: string, body: unknown): Promise<TestAnswer> =>
      ask('PATCH', people.at('/api/profile'), { token, body });

    it('shows a customer to themselves and keeps what they change', async () => {
      const { token, customerId, email } = await people.join('profile');
      const fresh = await ask('GET', people.at('/api/profile'), { token });
      const expected = {
        customerId,
        email,
        name: 'Somebody',
        role: 'customer',
        address: null,
        mfa: { isOn: false, recoveryCodesLeft: 0 },
      };
      expect([fresh.status, fresh.body]).toEqual([200, expected]);
      const name = 'Zoë 🐴 \u0000 "O\\Brien"';
      const changed = await patch(token, { name, address: { ...address, street: name } });
      expect([changed.status, changed.body]).toEqual([
        200,
        { ...expected, name, address: { ...address, street: name } },
      ]);
      expect((await patch(token, { address: null })).body['address']).toBeNull();
      expect((await ask('GET', people.at('/api/profile', second), { token })).body['name']).toBe(name);
    });

    it.each([
      ['body', {}],
      ['body.name', { name: '' }],
      ['body.name', { name: 'half a \uD83D' }],
      ['body.address.street', { address: { ...address, street: 'half a \uD83D' } }],
      ['body.role', { role: 'admin' }],
      ['body.email', { email: 'other@example.test' }],
      ['body.address.country', { address: { ...address, country: 'Belgium' } }],
      ['body.address.city', { address: { ...address, city: undefined } }],
      ['body.currentPassword', { newPassword: 'a new and long one' }],
      ['body.newPassword', { currentPassword: SEED_PASSWORD }],
      ['body.newPassword', { currentPassword: SEED_PASSWORD, newPassword: 'short' }],
    ])('names %s when it is wrong', async (field, body) => {
      const { token } = await people.enter('customer-12@example.test');
      const answer = await patch(token, body);
      expect(outcome(answer)).toEqual([400, 'invalid-request']);
      expect(answer.body['errors']).toContainEqual(expect.objectContaining({ field }));
    });

    it('takes a new password only with the old one, and then ends every session', async () => {
      const person = await people.join('changer');
      const elsewhere = await people.enter(person.email, person.password, second);
      const next = `nine violet umbrellas ${randomUUID()}`;
      secrets.add(next);
      const wrong = await patch(person.token, { currentPassword: 'not the old one', newPassword: next });
      expect(outcome(wrong)).toEqual([403, 'wrong-password']);
      const weak = await patch(person.token, {
        currentPassword: person.password,
        newPassword: 'password password',
      });
      expect(outcome(weak)).toEqual([422, 'password-refused']);
      expect(await people.isKnown(person.token)).toBe(200);

      const changed = await patch(person.token, { currentPassword: person.password, newPassword: next });
      expect(changed.status).toBe(200);
      expect([await people.isKnown(person.token), await people.isKnown(elsewhere.token, second)]).toEqual([
        401, 401,
      ]);
      const old = await people.post('/api/auth/login', { email: person.email, password: person.password });
      expect(outcome(old)).toEqual([401, 'wrong-credentials']);
      await people.enter(person.email, next, second);
    });

    it('lets one of two changes of the password through', async () => {
      const person = await people.join('racer');
      const [left, right] = [`left umbrellas ${randomUUID()}`, `right umbrellas ${randomUUID()}`];
      const answers = await Promise.all(
        [left, right].map((password, index) =>
          ask('PATCH', people.at('/api/profile', index === 0 ? first : second), {
            token: person.token,
            body: { currentPassword: person.password, newPassword: password },
          }),
        ),
      );
      const statuses = statusesOf(answers);
      expect(statuses[0]).toBe(200);
      // Too late by little, by more, or by so much that the session was over.
      expect([401, 403, 409]).toContain(statuses[1]);
    });

    it('limits how often a session may guess the password', async () => {
      const { token } = await people.join('guesser');
      const guess = (): Promise<TestAnswer> =>
        patch(token, { currentPassword: 'not the old one', newPassword: 'nine violet umbrellas' });
      const answers: TestAnswer[] = [];
      for (let index = 0; index < 12; index += 1) answers.push(await guess());
      expect(answers.slice(0, 9).map(({ status }) => status)).toEqual(Array(9).fill(403));
      expect(outcome(answers.at(-1) as TestAnswer)).toEqual([429, 'too-many-attempts']);
    });
  });
}
