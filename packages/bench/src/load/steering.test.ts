import { expect, it } from 'vitest';
import { createSteering } from './steering.ts';

it('lets a change hold as much later as others need to hear of it, and never before an earlier one', () => {
  const steering = createSteering(1_500);
  steering.set(0, 1_000);
  steering.set(2, 900);
  expect(steering.changes()).toEqual([
    { atMs: 2_500, factor: 0 },
    { atMs: 2_500, factor: 2 },
  ]);
  expect(steering.factor()).toBe(2);
});
