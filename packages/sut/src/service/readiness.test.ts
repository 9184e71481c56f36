import { ManualClock } from '@stormcart/core';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { watchReadiness } from './readiness.ts';

const log = pino({ level: 'silent' });

it('is ready once every store was reached once, and stays so until it leaves', async () => {
  const clock = new ManualClock();
  let isUp = false;
  const stores = [
    { name: 'mariadb', reach: () => Promise.resolve() },
    { name: 'redis', reach: () => (isUp ? Promise.resolve() : Promise.reject(new Error('down'))) },
  ];
  const readiness = watchReadiness(stores, log, clock, new AbortController().signal);
  await clock.advance(10_000);
  expect([readiness.isReady(), readiness.missing()]).toEqual([false, ['redis']]);
  isUp = true;
  await clock.advance(250);
  expect(readiness.isReady()).toBe(true);
  isUp = false;
  await clock.advance(10_000);
  expect(readiness.isReady()).toBe(true);
  readiness.leave();
  expect([readiness.isReady(), readiness.missing()]).toEqual([false, ['stopping']]);
});
