import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { totpCode, totpStep } from '../../src/account/mfa/totp.ts';
import { SEED_PASSWORD } from '../../src/schema/install-shop.ts';
import { ask, problemOf, type TestAnswer, type TestCustomer } from '../shop-client.ts';
import type { TestService } from '../shop-stage.ts';
import type { ShopRig } from './shop-rig.ts';

export interface Person extends TestCustomer {
  readonly email: string;
  readonly password: string;
}

/** Customers who register and log in, on the first replica unless another is named. */
export interface People {
  at(path: string, service?: TestService): string;
  post(path: string, body: unknown, service?: TestService): Promise<TestAnswer>;
  enter(email: string, password?: string, service?: TestService): Promise<TestCustomer>;
  /** Registers somebody new, and logs in. */
  join(name: string): Promise<Person>;
  /** 200 for a session, 401 for none. */
  isKnown(token: string, service?: TestService): Promise<number>;
}

/** Everything that people knew and that must never be seen again: collected over all cases of a file. */
export const secrets = new Set<string>();

export function createPeople({ account: [first] }: Pick<ShopRig, 'account'>): People {
  const people: People = {
    at: (path, service = first) => service.url + path,
    post: (path, body, service) => ask('POST', people.at(path, service), { body }),
    enter: async (email, password = SEED_PASSWORD, service = first) => {
      const { status, body } = await people.post('/api/auth/login', { email, password }, service);
      expect([status, typeof body['token']]).toEqual([200, 'string']);
      secrets.add(String(body['token']));
      return { token: String(body['token']), customerId: Number(body['customerId']) };
    },
    join: async (name) => {
      const [email, password] = [`${name}@example.test`, `tin whistle ${randomUUID()}`];
      secrets.add(password);
      const registered = await people.post('/api/auth/register', { email, password, name: 'Somebody' });
      expect(registered.status).toBe(201);
      return { ...(await people.enter(email, password)), email, password };
    },
    isKnown: async (token, service) =>
      (await ask('GET', people.at('/api/profile', service), { token })).status,
  };
  return people;
}

export const outcome = (answer: TestAnswer): unknown[] => [answer.status, problemOf(answer)];

export const statusesOf = (answers: readonly TestAnswer[]): readonly number[] =>
  answers.map(({ status }) => status).toSorted((left, right) => left - right);

/** What an authenticator shows now, or so many steps later. */
export const codeNow = (secret: Buffer, offset = 0): string =>
  totpCode(secret, totpStep(Date.now()) + offset);

/** RFC 4648 base32 as an authenticator app reads it. */
export function decodeBase32(text: string): Buffer {
  const bits = Array.from(text, (character) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(character).toString(2).padStart(5, '0'),
  ).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
