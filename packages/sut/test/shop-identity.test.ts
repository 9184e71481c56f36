import { randomUUID } from 'node:crypto';
import { systemClock } from '@stormcart/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRateLimits, type RateLimits } from '../src/account/guard/rate-limits.ts';
import { subjectKey } from '../src/account/guard/subject.ts';
import { totpCode, totpStep } from '../src/account/mfa/totp.ts';
import { CLERK_EMAIL, SEED_PASSWORD } from '../src/schema/install-shop.ts';
import { openDatabase } from '../src/service/database/database.ts';
import { ask, logIn, order, problemOf, type TestAnswer, type TestCustomer } from './shop-client.ts';
import { openShopStage, type ShopStage, type TestService } from './shop-stage.ts';

let stage: ShopStage;
let first: TestService;
let second: TestService;
let orders: TestService;

/** Everything that must never be seen again. */
const secrets = new Set<string>();

beforeAll(async () => {
  stage = await openShopStage();
  const key = { SHOP_IDENTITY_KEY: Buffer.alloc(32, 7).toString('base64url') };
  [first, second, orders] = await Promise.all([
    stage.start('account', 1, key),
    stage.start('account', 2, key),
    stage.start('orders', 1),
  ]);
});

afterAll(async () => {
  expect(await stage.close()).toEqual([]);
});

const at = (path: string, service = first): string => service.url + path;
const post = (path: string, body: unknown, service = first): Promise<TestAnswer> =>
  ask('POST', at(path, service), { body });
const outcome = (answer: TestAnswer): unknown[] => [answer.status, problemOf(answer)];

async function enter(email: string, password = SEED_PASSWORD, service = first): Promise<TestCustomer> {
  const { status, body } = await post('/api/auth/login', { email, password }, service);
  expect([status, typeof body['token']]).toEqual([200, 'string']);
  secrets.add(String(body['token']));
  return { token: String(body['token']), customerId: Number(body['customerId']) };
}

async function join(
  name: string,
): Promise<TestCustomer & { readonly email: string; readonly password: string }> {
  const [email, password] = [`${name}@example.test`, `tin whistle ${randomUUID()}`];
  secrets.add(password);
  expect((await post('/api/auth/register', { email, password, name: 'Somebody' })).status).toBe(201);
  return { ...(await enter(email, password)), email, password };
}

const isKnown = async (token: string, service = first): Promise<number> =>
  (await ask('GET', at('/api/profile', service), { token })).status;

const codeNow = (secret: Buffer, offset = 0): string => totpCode(secret, totpStep(Date.now()) + offset);
const statusesOf = (answers: readonly TestAnswer[]): readonly number[] =>
  answers.map(({ status }) => status).toSorted((left, right) => left - right);

/** RFC 4648 base32 as an authenticator app reads it. */
function decodeBase32(text: string): Buffer {
  const bits = Array.from(text, (character) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(character).toString(2).padStart(5, '0'),
  ).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

describe('registration', () => {
  const body = { email: ' New.Person@Example.test ', password: 'fifteen or more', name: 'New Person' };

  it('makes an account that can log in, whatever the case of the address', async () => {
    const registered = await post('/api/auth/register', body);
    expect(registered.status).toBe(201);
    const login = await post('/api/auth/login', {
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
    expect(outcome(await post('/api/auth/register', body))).toEqual([409, 'email-taken']);
  });

  it.each([
    ['body.email', { email: 'nobody' }],
    ['body.password', { password: 'fourteen chars' }],
    ['body.password', { password: 'x'.repeat(129) }],
    ['body.name', { name: ' ' }],
    ['body.admin', { admin: true }],
  ])('names %s when it is wrong', async (field, change) => {
    const answer = await post('/api/auth/register', { ...body, email: 'other@example.test', ...change });
    expect(outcome(answer)).toEqual([400, 'invalid-request']);
    expect(answer.body['errors']).toEqual([expect.objectContaining({ field })]);
  });

  it.each(['passwordpassword1', 'Other.Person 2026!', 'stormcart-stormcart', 'qwertyuiopasdfgh'])(
    'refuses the password %j, which is long and easy to guess',
    async (password) => {
      const answer = await post('/api/auth/register', {
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
      ask('POST', at('/api/auth/register', service), {
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

describe('log-in', () => {
  it('takes a seeded customer in with one request', async () => {
    expect(await isKnown((await enter('customer-1@example.test')).token)).toBe(200);
  });

  it('takes a crowd of customers in from one address', async () => {
    const statuses: number[] = [];
    const queue = Array.from({ length: 40 }, (_, index) => `customer-${index + 101}@example.test`);
    const visit = async (service: TestService): Promise<void> => {
      for (let email = queue.pop(); email !== undefined; email = queue.pop()) {
        statuses.push((await post('/api/auth/login', { email, password: SEED_PASSWORD }, service)).status);
      }
    };
    await Promise.all([first, second, first, second, first, second].map(visit));
    expect(statuses).toEqual(Array(40).fill(200));
  });

  it('answers a wrong password and an unknown address alike, in words and in work', async () => {
    const attempt = async (email: string): Promise<{ readonly answer: TestAnswer; readonly ms: number }> => {
      const startedMs = performance.now();
      const answer = await post('/api/auth/login', { email, password: 'wrong password' });
      return { answer, ms: performance.now() - startedMs };
    };
    const wrong: number[] = [];
    const unknown: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const [one, other] = [await attempt('customer-8@example.test'), await attempt('nobody@example.test')];
      expect(outcome(one.answer)).toEqual([401, 'wrong-credentials']);
      expect(other.answer.body).toEqual(one.answer.body);
      wrong.push(one.ms);
      unknown.push(other.ms);
    }
    // Without the hash an unknown address takes a tenth of the time.
    expect(Math.min(...unknown)).toBeGreaterThan(Math.min(...wrong) / 3);
  });

  it('turns a crowd away with 503 and Retry-After, and serves the rest', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        post('/api/auth/login', { email: `crowd-${index}@example.test`, password: 'wrong password' }),
      ),
    );
    const served = answers.filter((answer) => answer.status === 401);
    const refused = answers.filter((answer) => answer.status === 503);
    expect(served.length + refused.length).toBe(40);
    expect(served.length).toBeGreaterThanOrEqual(10);
    expect(refused.length).toBeGreaterThan(0);
    for (const answer of refused) {
      expect(problemOf(answer)).toBe('busy');
      expect(answer.headers.get('retry-after')).toBe('1');
    }
  });

  it('locks an account after ten guesses, however many replicas they are sent to at once', async () => {
    const email = 'customer-9@example.test';
    const subject = subjectKey('loginOfAccount', email).toString('hex');
    const guess = (index: number): Promise<TestAnswer> =>
      post('/api/auth/login', { email, password: 'wrong password' }, index % 2 === 0 ? first : second);
    const statuses = (await Promise.all(Array.from({ length: 18 }, (_, index) => guess(index)))).map(
      ({ status }) => status,
    );
    // The first lock lasts a second, and a slow machine may let one or two more in after it.
    const guesses = statuses.filter((status) => status === 401).length;
    expect(guesses).toBeGreaterThanOrEqual(10);
    expect(guesses).toBeLessThanOrEqual(12);
    expect(statuses.filter((status) => status === 429)).toHaveLength(18 - guesses);

    await stage.rows(
      'UPDATE lockout SET locked_until = NOW(6) + INTERVAL 60 SECOND WHERE subject = UNHEX(?)',
      [subject],
    );
    const locked = await post('/api/auth/login', { email, password: SEED_PASSWORD }, second);
    expect(outcome(locked)).toEqual([429, 'too-many-attempts']);
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(30);
    // Nobody else is locked out with it.
    await enter('customer-10@example.test');

    await stage.rows('UPDATE lockout SET locked_until = NOW(6) WHERE subject = UNHEX(?)', [subject]);
    await enter(email);
    expect(await stage.rows('SELECT 1 FROM lockout WHERE subject = UNHEX(?)', [subject])).toEqual([]);
  });

  it('counts guesses at an account that does not exist just the same', async () => {
    await post('/api/auth/login', { email: 'ghost@example.test', password: 'wrong password' });
    const [row] = await stage.rows<{ failures: number }>(
      'SELECT failures FROM lockout WHERE subject = UNHEX(?)',
      [subjectKey('loginOfAccount', 'ghost@example.test').toString('hex')],
    );
    expect(row?.failures).toBe(1);
  });

  it('stops an address that guessed at many accounts, and no other address', async () => {
    const from = (address: string): Promise<TestAnswer> =>
      ask('POST', at('/api/auth/login'), {
        body: { email: 'customer-11@example.test', password: SEED_PASSWORD },
        headers: { 'x-forwarded-for': address },
      });
    await stage.rows(
      `INSERT INTO lockout (subject, failures, failed_at, locked_until, forget_at)
       VALUES (UNHEX(?), 1005, NOW(6), NOW(6) + INTERVAL 50 SECOND, NOW(6) + INTERVAL 1 DAY)`,
      [subjectKey('loginFromAddress', '203.0.113.20').toString('hex')],
    );
    expect(outcome(await from('203.0.113.20'))).toEqual([429, 'too-many-attempts']);
    expect((await from('203.0.113.21')).status).toBe(200);
  });
});

describe('a limit', () => {
  it('admits its burst once, however many replicas are asked at the same time', async () => {
    const { address, account, database } = stage.mariadb;
    const pools = [1, 2].map(() =>
      openDatabase(
        {
          SHOP_MARIADB: address,
          SHOP_MARIADB_USER: account.user,
          SHOP_MARIADB_PASSWORD: account.password,
          SHOP_MARIADB_DATABASE: database,
        },
        systemClock,
      ),
    );
    const limits = pools.map((pool) => createRateLimits(pool));
    const subject = randomUUID();
    const takes = Array.from({ length: 40 }, (_, index) =>
      (limits[index % 2] as RateLimits).take('passwordOfSession', subject),
    );
    const admissions = await Promise.all(takes);
    // One comes back every ten seconds: a slow machine may see an eleventh.
    const count = admissions.filter(({ kind }) => kind === 'admitted').length;
    expect(count).toBeGreaterThanOrEqual(10);
    expect(count).toBeLessThanOrEqual(11);
    expect(await limits[0]?.take('passwordOfSession', subject)).toMatchObject({ kind: 'limited' });
    expect(await limits[1]?.take('passwordOfSession', randomUUID())).toEqual({ kind: 'admitted' });
    await Promise.all(pools.map((pool) => pool.close()));
  });
});

describe('a session', () => {
  it('is stored under a hash and ends everywhere at once', async () => {
    const { token } = await enter('customer-3@example.test');
    const stored = await stage.rows<{ hash: string }>('SELECT HEX(token_hash) AS hash FROM session');
    expect(JSON.stringify(stored)).not.toContain(Buffer.from(token).toString('hex').toUpperCase());
    expect(await isKnown(token, second)).toBe(200);
    expect((await ask('DELETE', at('/api/auth/session'), { token })).status).toBe(204);
    const after = await ask('GET', at('/api/profile', second), { token });
    expect(outcome(after)).toEqual([401, 'unauthenticated']);
    expect(after.headers.get('www-authenticate')).toBe('Bearer');
  });

  it.each([
    ['too old', 'expires_at = NOW(3) - INTERVAL 1 SECOND'],
    ['unused for an hour', 'seen_at = NOW(3) - INTERVAL 3601 SECOND'],
  ])('ends when it is %s', async (_what, change) => {
    const { token, customerId } = await enter('customer-4@example.test');
    await stage.rows(`UPDATE session SET ${change} WHERE customer_id = ?`, [customerId]);
    expect(await isKnown(token)).toBe(401);
  });

  it('goes on while it is used', async () => {
    const { token, customerId } = await enter('customer-5@example.test');
    await stage.rows('UPDATE session SET seen_at = NOW(3) - INTERVAL 3000 SECOND WHERE customer_id = ?', [
      customerId,
    ]);
    expect(await isKnown(token)).toBe(200);
    const [row] = await stage.rows<{ unused: number }>(
      'SELECT TIMESTAMPDIFF(SECOND, seen_at, NOW(3)) AS unused FROM session WHERE customer_id = ?',
      [customerId],
    );
    expect(row?.unused).toBeLessThan(100);
  });

  it('ends with all others of its customer when they ask for it', async () => {
    const [one, other, stranger] = [
      await enter('customer-6@example.test'),
      await enter('customer-6@example.test', SEED_PASSWORD, second),
      await enter('customer-7@example.test'),
    ];
    expect((await ask('DELETE', at('/api/auth/sessions'), { token: one.token })).status).toBe(204);
    expect([await isKnown(one.token), await isKnown(other.token, second)]).toEqual([401, 401]);
    expect(await isKnown(stranger.token)).toBe(200);
    await enter('customer-6@example.test');
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
        const answer = await ask(method, at(path), { headers: { authorization } });
        expect([path, ...outcome(answer)]).toEqual([path, 401, 'unauthenticated']);
      }
    },
  );
});

describe('the profile', () => {
  const address = { street: 'Quay 7', postcode: '2000', city: 'Antwerp', country: 'BE' };
  const patch = (token: string, body: unknown): Promise<TestAnswer> =>
    ask('PATCH', at('/api/profile'), { token, body });

  it('shows a customer to themselves and keeps what they change', async () => {
    const { token, customerId, email } = await join('profile');
    const fresh = await ask('GET', at('/api/profile'), { token });
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
    expect((await ask('GET', at('/api/profile', second), { token })).body['name']).toBe(name);
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
    const { token } = await enter('customer-12@example.test');
    const answer = await patch(token, body);
    expect(outcome(answer)).toEqual([400, 'invalid-request']);
    expect(answer.body['errors']).toContainEqual(expect.objectContaining({ field }));
  });

  it('takes a new password only with the old one, and then ends every session', async () => {
    const person = await join('changer');
    const elsewhere = await enter(person.email, person.password, second);
    const next = `nine violet umbrellas ${randomUUID()}`;
    secrets.add(next);
    const wrong = await patch(person.token, { currentPassword: 'not the old one', newPassword: next });
    expect(outcome(wrong)).toEqual([403, 'wrong-password']);
    const weak = await patch(person.token, {
      currentPassword: person.password,
      newPassword: 'password password',
    });
    expect(outcome(weak)).toEqual([422, 'password-refused']);
    expect(await isKnown(person.token)).toBe(200);

    const changed = await patch(person.token, { currentPassword: person.password, newPassword: next });
    expect(changed.status).toBe(200);
    expect([await isKnown(person.token), await isKnown(elsewhere.token, second)]).toEqual([401, 401]);
    const old = await post('/api/auth/login', { email: person.email, password: person.password });
    expect(outcome(old)).toEqual([401, 'wrong-credentials']);
    await enter(person.email, next, second);
  });

  it('lets one of two changes of the password through', async () => {
    const person = await join('racer');
    const [left, right] = [`left umbrellas ${randomUUID()}`, `right umbrellas ${randomUUID()}`];
    const answers = await Promise.all(
      [left, right].map((password, index) =>
        ask('PATCH', at('/api/profile', index === 0 ? first : second), {
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
    const { token } = await join('guesser');
    const guess = (): Promise<TestAnswer> =>
      patch(token, { currentPassword: 'not the old one', newPassword: 'nine violet umbrellas' });
    const answers: TestAnswer[] = [];
    for (let index = 0; index < 12; index += 1) answers.push(await guess());
    expect(answers.slice(0, 9).map(({ status }) => status)).toEqual(Array(9).fill(403));
    expect(outcome(answers.at(-1) as TestAnswer)).toEqual([429, 'too-many-attempts']);
  });
});

describe('the second factor', () => {
  type Person = Awaited<ReturnType<typeof join>>;
  const forget = (customerId: number): Promise<unknown> =>
    stage.rows('UPDATE totp SET last_step = 0 WHERE customer_id = ?', [customerId]);
  const challenge = async ({ email, password }: Person): Promise<string> => {
    const { status, body } = await post('/api/auth/login', { email, password });
    expect([status, body['methods'], 'token' in body]).toEqual([200, ['totp', 'recovery'], false]);
    secrets.add(String(body['challenge']));
    return String(body['challenge']);
  };
  const answerWith = (method: 'totp' | 'recovery', body: object, service = first): Promise<TestAnswer> =>
    post(`/api/auth/mfa/${method}`, body, service);

  async function enrol(
    name: string,
  ): Promise<Person & { readonly secret: Buffer; readonly codes: string[] }> {
    const person = await join(name);
    const { token, password } = person;
    const begun = await ask('POST', at('/api/profile/mfa'), { token, body: { password } });
    expect(begun.status).toBe(201);
    const text = String(begun.body['secret']);
    expect(begun.body['otpauthUri']).toContain(`secret=${text}&issuer=Stormcart`);
    const secret = decodeBase32(text);
    const body = { code: codeNow(secret) };
    const confirmed = await ask('POST', at('/api/profile/mfa/confirmation', second), { token, body });
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
    const profile = await ask('GET', at('/api/profile'), { token: person.token });
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
    expect(await isKnown(String(opened?.body['token']))).toBe(200);
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
    const profile = await ask('GET', at('/api/profile'), { token: String(token) });
    expect(profile.body['mfa']).toEqual({ isOn: true, recoveryCodesLeft: 9 });
    const stored = await stage.rows<{ hash: string }>('SELECT HEX(code_hash) AS hash FROM recovery_code');
    expect(JSON.stringify(stored)).not.toContain(Buffer.from(code).toString('hex').toUpperCase());
  });

  it('takes a challenge once, not as a token, not when it is old, and not after a new password', async () => {
    const person = await enrol('tidy');
    const used = await challenge(person);
    expect(await isKnown(used)).toBe(401);
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
    const changed = await ask('PATCH', at('/api/profile'), { token: person.token, body });
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
    const { token, password } = await join('undecided');
    const at2 = '/api/profile/mfa/confirmation';
    const early = await ask('POST', at(at2), { token, body: { code: '123456' } });
    expect(outcome(early)).toEqual([409, 'mfa-conflict']);
    const doubt = await ask('POST', at('/api/profile/mfa'), {
      token,
      body: { password: 'not the password' },
    });
    expect(outcome(doubt)).toEqual([403, 'wrong-password']);
    const begin = (): Promise<TestAnswer> =>
      ask('POST', at('/api/profile/mfa'), { token, body: { password } });
    const lost = await begin();
    const begun = await begin();
    const [lostSecret, secret] = [lost, begun].map(({ body }) => decodeBase32(String(body['secret'])));
    const stale = await ask('POST', at(at2), { token, body: { code: codeNow(lostSecret as Buffer) } });
    expect(outcome(stale)).toEqual([409, 'mfa-conflict']);
    const code = codeNow(secret as Buffer);
    expect((await ask('POST', at(at2), { token, body: { code } })).status).toBe(200);
    expect(outcome(await begin())).toEqual([409, 'mfa-conflict']);
    const refused = await ask('DELETE', at('/api/profile/mfa'), {
      token,
      body: { password: 'not it at all' },
    });
    expect(outcome(refused)).toEqual([403, 'wrong-password']);
    expect((await ask('DELETE', at('/api/profile/mfa'), { token, body: { password } })).status).toBe(204);
    await enter('undecided@example.test', password);
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

describe('secrets', () => {
  const card = '4111111111111111';

  it('of a card are refused before they reach a queue', async () => {
    const { token } = await logIn(first.url, 'customer-13@example.test');
    const created = await order(orders.url, token, { items: [{ sku: 3, quantity: 1 }] });
    const path = `${orders.url}/api/orders/${String(created.body['orderId'])}/payments`;
    for (const cardToken of [card, '4111 1111 1111 1111']) {
      const answer = await ask('POST', path, { token, body: { cardToken } });
      expect(outcome(answer)).toEqual([400, 'invalid-request']);
      expect(answer.body['errors']).toEqual([expect.objectContaining({ field: 'body.cardToken' })]);
    }
    expect(await stage.rows('SELECT payload FROM outbox')).toEqual([]);
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
