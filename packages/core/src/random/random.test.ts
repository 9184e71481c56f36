import { expect, it } from 'vitest';
import { createRandom } from './random.ts';

const draws = (seed: number | string, count: number): number[] => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => random.next());
};

it('repeats itself for the same seed and differs for another', () => {
  expect(draws(42, 5)).toEqual(draws(42, 5));
  expect(draws(42, 5)).not.toEqual(draws(43, 5));
});

it('forks the same stream by name, whatever was drawn before', () => {
  const early = createRandom(7).fork('plan');
  const parent = createRandom(7);
  parent.next();
  expect(parent.fork('plan').next()).toBe(early.next());
  expect(createRandom(7).fork('plan').next()).not.toBe(createRandom(7).fork('users').next());
});

it('spreads evenly: mean, variance and exponential mean of 200,000 draws', () => {
  const values = draws('spread', 200_000);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  expect(mean).toBeCloseTo(0.5, 2);
  expect(variance).toBeCloseTo(1 / 12, 2);
  const random = createRandom('gaps');
  let total = 0;
  for (let index = 0; index < 200_000; index += 1) total += random.exponential(10);
  expect(total / 200_000).toBeGreaterThan(9.8);
  expect(total / 200_000).toBeLessThan(10.2);
});

it('draws whole numbers in the closed range and hex digits of the asked length', () => {
  const random = createRandom(1);
  const seen = new Set(Array.from({ length: 1_000 }, () => random.integer(3, 5)));
  expect([...seen].toSorted((left, right) => left - right)).toEqual([3, 4, 5]);
  expect(random.hex(13)).toMatch(/^[0-9a-f]{13}$/);
});
