import type { SystemStore } from '@stormcart/core';
import { expect, it } from 'vitest';
import { holdSetting } from './held-setting.ts';

function newStore(): SystemStore {
  return { name: 'redis', technology: 'redis', address: { host: '127.0.0.1', port: 6379 } };
}

it('tells everybody what the first one found, and lets the last one put it back', async () => {
  const store = newStore();
  const [first, second] = [holdSetting<string>(store, 'maxmemory'), holdSetting<string>(store, 'maxmemory')];
  expect(await first.take(async () => '64mb')).toBe('64mb');
  expect(await second.take(async () => '1mb')).toBe('64mb');
  expect(first.isHeldByOthers()).toBe(true);
  expect(first.letGo()).toBe(false);
  expect(second.letGo()).toBe(true);
  expect(second.letGo()).toBe(true);
  expect(await first.take(async () => '32mb')).toBe('32mb');
});

it('keeps settings and stores apart', async () => {
  const store = newStore();
  await holdSetting(store, 'a').take(async () => 1);
  expect(await holdSetting(store, 'b').take(async () => 2)).toBe(2);
  expect(await holdSetting(newStore(), 'a').take(async () => 3)).toBe(3);
});

it('is not held by one who could not find out what it was', async () => {
  const store = newStore();
  const [first, second] = [holdSetting<number>(store, 'a'), holdSetting<number>(store, 'a')];
  await expect(first.take(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await second.take(async () => 4)).toBe(4);
  expect(second.letGo()).toBe(true);
});
