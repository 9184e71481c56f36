import { randomUUID } from 'node:crypto';
import { systemClock } from '@stormcart/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRateLimits, type RateLimits } from '../../src/account/guard/rate-limits.ts';
import { subjectKey } from '../../src/account/guard/subject.ts';
import { SEED_PASSWORD } from '../../src/schema/install-shop.ts';
import { openDatabase } from '../../src/service/database/database.ts';
import { ask, problemOf, type TestAnswer } from '../shop-client.ts';
import type { ShopStage, TestService } from '../shop-stage.ts';
import { createPeople, outcome, type People } from './people.ts';
import type { ShopRig } from './shop-rig.ts';

/** Who gets in, and how often one may try. */
export function loginCases(rig: () => ShopRig): void {
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

  describe('log-in', () => {
    it('takes a seeded customer in with one request', async () => {
      expect(await people.isKnown((await people.enter('customer-1@example.test')).token)).toBe(200);
    });

    it('takes a crowd of customers in from one address', async () => {
      const statuses: number[] = [];
      const queue = Array.from({ length: 40 }, (_, index) => `customer-${index + 101}@example.test`);
      const visit = async (service: TestService): Promise<void> => {
        for (let email = queue.pop(); email !== undefined; email = queue.pop()) {
          statuses.push(
            (await people.post('/api/auth/login', { email, password: SEED_PASSWORD }, service)).status,
          );
        }
      };
      await Promise.all([first, second, first, second, first, second].map(visit));
      expect(statuses).toEqual(Array(40).fill(200));
    });

    it('answers a wrong password and an unknown address alike, in words and in work', async () => {
      const attempt = async (
        email: string,
      ): Promise<{ readonly answer: TestAnswer; readonly ms: number }> => {
        const startedMs = performance.now();
        const answer = await people.post('/api/auth/login', { email, password: 'wrong password' });
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
          people.post('/api/auth/login', {
            email: `crowd-${index}@example.test`,
            password: 'wrong password',
          }),
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
        people.post(
          '/api/auth/login',
          { email, password: 'wrong password' },
          index % 2 === 0 ? first : second,
        );
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
      const locked = await people.post('/api/auth/login', { email, password: SEED_PASSWORD }, second);
      expect(outcome(locked)).toEqual([429, 'too-many-attempts']);
      expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(30);
      // Nobody else is locked out with it.
      await people.enter('customer-10@example.test');

      await stage.rows('UPDATE lockout SET locked_until = NOW(6) WHERE subject = UNHEX(?)', [subject]);
      await people.enter(email);
      expect(await stage.rows('SELECT 1 FROM lockout WHERE subject = UNHEX(?)', [subject])).toEqual([]);
    });

    it('counts guesses at an account that does not exist just the same', async () => {
      await people.post('/api/auth/login', { email: 'ghost@example.test', password: 'wrong password' });
      const [row] = await stage.rows<{ failures: number }>(
        'SELECT failures FROM lockout WHERE subject = UNHEX(?)',
        [subjectKey('loginOfAccount', 'ghost@example.test').toString('hex')],
      );
      expect(row?.failures).toBe(1);
    });

    it('stops an address that guessed at many accounts, and no other address', async () => {
      const from = (address: string): Promise<TestAnswer> =>
        ask('POST', people.at('/api/auth/login'), {
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
}
