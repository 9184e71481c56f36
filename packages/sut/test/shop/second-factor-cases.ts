import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { subjectKey } from '../../src/account/guard/subject.ts';
import { ask, problemOf, type TestAnswer } from '../shop-client.ts';
import type { ShopStage, TestService } from '../shop-stage.ts';
import {
  codeNow,
  createPeople,
  decodeBase32,
  outcome,
  type People,
  type Person,
  secrets,
  statusesOf,
} from './people.ts';
import type { ShopRig } from './shop-rig.ts';

/** Codes beside the password. */
export function secondFactorCases(rig: () => ShopRig): void {
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

  describe('the second factor', () => {
    const forget = (customerId: number): Promise<unknown> =>
      stage.rows('UPDATE totp SET last_step = 0 WHERE customer_id = ?', [customerId]);
    const challenge = async ({ email, password }: Person): Promise<string> => {
      const { status, body } = await people.post('/api/auth/login', { email, password });
      expect([status, body['methods'], 'token' in body]).toEqual([200, ['totp', 'recovery'], false]);
      secrets.add(String(body['challenge']));
      return String(body['challenge']);
    };
    const answerWith = (method: 'totp' | 'recovery', body: object, service = first): Promise<TestAnswer> =>
      people.post(`/api/auth/mfa/${method}`, body, service);

    async function enrol(
      name: string,
    ): Promise<Person & { readonly secret: Buffer; readonly codes: string[] }> {
      const person = await people.join(name);
      const { token, password } = person;
      const begun = await ask('POST', people.at('/api/profile/mfa'), { token, body: { password } });
      expect(begun.status).toBe(201);
      const text = String(begun.body['secret']);
      expect(begun.body['otpauthUri']).toContain(`secret=${text}&issuer=Stormcart`);
      const secret = decodeBase32(text);
      const body = { code: codeNow(secret) };
      const confirmed = await ask('POST', people.at('/api/profile/mfa/confirmation', second), {
        token,
        body,
      });
      expect(confirmed.status).toBe(200);
      const codes = confirmed.body['recoveryCodes'] as string[];
      for (const kept of [text, ...codes]) secrets.add(kept);
      return { ...person, secret, codes };
    }

    it('is asked for once it is confirmed, and each code opens one session on any replica', async () => {
      const person = await enrol('careful');
      const [stored] = await stage.rows<{ secret: Buffer }>('SELECT secret FROM totp WHERE customer_id = ?', [
        person.customerId,
      ]);
      expect(stored?.secret.includes(person.secret)).toBe(false);
      const profile = await ask('GET', people.at('/api/profile'), { token: person.token });
      expect(profile.body['mfa']).toEqual({ isOn: true, recoveryCodesLeft: 10 });

      await forget(person.customerId);
      const challenges = [await challenge(person), await challenge(person), await challenge(person)];
      const code = codeNow(person.secret);
      const answers = await Promise.all(
        challenges.map((text, index) =>
          answerWith('totp', { challenge: text, code }, index % 2 === 0 ? first : second),
        ),
      );
      expect(statusesOf(answers)).toEqual([200, 401, 401]);
      const opened = answers.find(({ status }) => status === 200);
      expect(opened?.body).toMatchObject({ customerId: person.customerId, role: 'customer' });
      expect(await people.isKnown(String(opened?.body['token']))).toBe(200);
      for (const refused of answers.filter(({ status }) => status === 401)) {
        expect(problemOf(refused)).toBe('wrong-code');
      }
      // The next code is as good as ever.
      const later = await answerWith('totp', {
        challenge: await challenge(person),
        code: codeNow(person.secret, 1),
      });
      expect(later.status).toBe(200);
    });

    it('opens one session for a recovery code, and none for the same again', async () => {
      const person = await enrol('forgetful');
      const [code = ''] = person.codes;
      const challenges = [await challenge(person), await challenge(person)];
      const answers = await Promise.all(
        challenges.map((text, index) =>
          answerWith('recovery', { challenge: text, code: code.toLowerCase() }, index === 0 ? first : second),
        ),
      );
      expect(statusesOf(answers)).toEqual([200, 401]);
      const { token } = answers.find(({ status }) => status === 200)?.body ?? {};
      const profile = await ask('GET', people.at('/api/profile'), { token: String(token) });
      expect(profile.body['mfa']).toEqual({ isOn: true, recoveryCodesLeft: 9 });
      const stored = await stage.rows<{ hash: string }>('SELECT HEX(code_hash) AS hash FROM recovery_code');
      expect(JSON.stringify(stored)).not.toContain(Buffer.from(code).toString('hex').toUpperCase());
    });

    it('takes a challenge once, not as a token, not when it is old, and not after a new password', async () => {
      const person = await enrol('tidy');
      const used = await challenge(person);
      expect(await people.isKnown(used)).toBe(401);
      const [code = '', other = '', third = '', fourth = ''] = person.codes;
      expect((await answerWith('recovery', { challenge: used, code })).status).toBe(200);
      expect(outcome(await answerWith('recovery', { challenge: used, code: other }))).toEqual([
        401,
        'challenge-invalid',
      ]);
      const old = await challenge(person);
      await stage.rows('UPDATE login_challenge SET expires_at = NOW(3) WHERE customer_id = ?', [
        person.customerId,
      ]);
      expect(outcome(await answerWith('recovery', { challenge: old, code: third }))).toEqual([
        401,
        'challenge-invalid',
      ]);
      const half = await challenge(person);
      const body = {
        currentPassword: person.password,
        newPassword: `nine violet umbrellas ${randomUUID()}`,
      };
      const changed = await ask('PATCH', people.at('/api/profile'), { token: person.token, body });
      expect(changed.status).toBe(200);
      expect(outcome(await answerWith('recovery', { challenge: half, code: fourth }))).toEqual([
        401,
        'challenge-invalid',
      ]);
    });

    it('bounds the guesses of a challenge and of an account', async () => {
      const person = await enrol('guessed');
      const wrong = { challenge: await challenge(person), code: 'AAAAAA-AAAAAA-AAAAAA-AAAAAA' };
      const statuses: number[] = [];
      for (let index = 0; index < 7; index += 1) statuses.push((await answerWith('recovery', wrong)).status);
      expect(statuses).toEqual(Array(7).fill(401));
      // The fifth guess was the challenge's last and the account's lock, which is kept on for a slow machine.
      const subject = subjectKey('mfaOfAccount', String(person.customerId)).toString('hex');
      const counted = await stage.rows<{ failures: number; seconds: number }>(
        `SELECT failures, TIMESTAMPDIFF(SECOND, failed_at, locked_until) AS seconds FROM lockout
       WHERE subject = UNHEX(?)`,
        [subject],
      );
      expect(counted).toEqual([{ failures: 5, seconds: 5 }]);
      await stage.rows(
        'UPDATE lockout SET locked_until = NOW(6) + INTERVAL 60 SECOND WHERE subject = UNHEX(?)',
        [subject],
      );
      const locked = await answerWith('recovery', {
        challenge: await challenge(person),
        code: person.codes[0],
      });
      expect(outcome(locked)).toEqual([429, 'too-many-attempts']);
      expect(Number(locked.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    });

    it('is turned on by a code of its own and the password, and off by the password', async () => {
      const { token, password } = await people.join('undecided');
      const at2 = '/api/profile/mfa/confirmation';
      const early = await ask('POST', people.at(at2), { token, body: { code: '123456' } });
      expect(outcome(early)).toEqual([409, 'mfa-conflict']);
      const doubt = await ask('POST', people.at('/api/profile/mfa'), {
        token,
        body: { password: 'not the password' },
      });
      expect(outcome(doubt)).toEqual([403, 'wrong-password']);
      const begin = (): Promise<TestAnswer> =>
        ask('POST', people.at('/api/profile/mfa'), { token, body: { password } });
      const lost = await begin();
      const begun = await begin();
      const [lostSecret, secret] = [lost, begun].map(({ body }) => decodeBase32(String(body['secret'])));
      const stale = await ask('POST', people.at(at2), {
        token,
        body: { code: codeNow(lostSecret as Buffer) },
      });
      expect(outcome(stale)).toEqual([409, 'mfa-conflict']);
      const code = codeNow(secret as Buffer);
      expect((await ask('POST', people.at(at2), { token, body: { code } })).status).toBe(200);
      expect(outcome(await begin())).toEqual([409, 'mfa-conflict']);
      const refused = await ask('DELETE', people.at('/api/profile/mfa'), {
        token,
        body: { password: 'not it at all' },
      });
      expect(outcome(refused)).toEqual([403, 'wrong-password']);
      expect((await ask('DELETE', people.at('/api/profile/mfa'), { token, body: { password } })).status).toBe(
        204,
      );
      await people.enter('undecided@example.test', password);
    });

    it.each([
      ['totp', 'body.code', { challenge: 'a'.repeat(43), code: '12345' }],
      ['totp', 'body.challenge', { challenge: 'short', code: '123456' }],
      ['recovery', 'body.code', { challenge: 'a'.repeat(43) }],
      ['recovery', 'body.extra', { challenge: 'a'.repeat(43), code: 'x', extra: 1 }],
    ] as const)('of kind %s names %s when it is wrong', async (method, field, body) => {
      const answer = await answerWith(method, body);
      expect(outcome(answer)).toEqual([400, 'invalid-request']);
      expect(answer.body['errors']).toEqual([expect.objectContaining({ field })]);
    });
  });
}
