import { expect, it } from 'vitest';
import { combinedExitCode } from './run.ts';

const codeOf = (...exitCodes: readonly number[]): number =>
  combinedExitCode(exitCodes.map((exitCode) => ({ exitCode })));

it('ends several drills with the code that matters most', () => {
  expect(codeOf(0, 0)).toBe(0);
  expect(codeOf(0, 3)).toBe(3);
  expect(codeOf(3, 1, 0)).toBe(1);
  expect(codeOf(1, 4)).toBe(4);
  expect(codeOf(1, 4, 130)).toBe(130);
});
