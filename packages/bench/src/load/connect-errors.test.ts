import { expect, it } from 'vitest';
import { addConnectErrors, connectErrorLines } from './connect-errors.ts';

it('adds up by reason and loses none, however many reasons there are', () => {
  let sum = addConnectErrors({}, { refused: 2, unreachable: 1 });
  sum = addConnectErrors(sum, { refused: 3 });
  expect(connectErrorLines(sum)).toEqual(['5 × refused', '1 × unreachable']);
  for (let place = 0; place < 50; place += 1) sum = addConnectErrors(sum, { [`reason ${place}`]: 1 });
  expect(Object.keys(sum).length).toBeLessThanOrEqual(6);
  expect(Object.values(sum).reduce((total, count) => total + count, 0)).toBe(56);
});
