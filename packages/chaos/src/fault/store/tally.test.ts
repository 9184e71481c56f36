import { expect, it } from 'vitest';
import { countGrowth, countSightings } from './tally.ts';

const { signal } = new AbortController();

it('counts by how much a counter has grown, and nothing of one that began anew', async () => {
  let counter = 7;
  const tally = countGrowth(async () => counter);
  await tally.begin(signal);
  counter = 12;
  expect(await tally.end(signal)).toBe(5);
  counter = 1;
  expect(await tally.end(signal)).toBe(5);
});

it('counts nothing where the store does not tell', async () => {
  const tally = countGrowth(() => Promise.reject(new Error('away')));
  await expect(tally.begin(signal)).rejects.toThrow('away');
  expect(await tally.end(signal)).toBe(0);
});

it('counts each thing once while it stays, and again when it comes back', async () => {
  const looks = [['a', 'b'], ['b', 'c'], ['a']];
  const tally = countSightings(3_600_000, async () => looks.shift() ?? []);
  await tally.begin(signal);
  await tally.end(signal);
  await tally.end(signal);
  expect(await tally.end(signal)).toBe(4);
});
