import { expect, it } from 'vitest';
import { roomOf } from './gate-room.ts';

it.each([
  ['<', 400, 100, false, 0.75],
  ['<', 400, 400, false, 0],
  ['<=', 400, 800, false, -1],
  ['>=', 0.95, 1, true, 1],
  ['>=', 0.95, 0.95, true, 0],
  ['>=', 0.95, 0.9, true, -1],
  ['>=', 1, 1, true, 0],
  ['>=', 1, 0, false, -1],
  ['>=', 1, 5, false, 1],
  ['==', 0, 0, false, 0],
  ['<=', 0, 3, false, -1],
] as const)('%s %d leaves, of %d measured (a share: %s), %d', (operator, limit, measured, isShare, room) => {
  expect(roomOf({ operator, limit }, measured, isShare)).toBeCloseTo(room, 9);
});
