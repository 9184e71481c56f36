import { expect, it } from 'vitest';
import { hashRecoveryCode, newRecoveryCodes } from './recovery-code.ts';

it('makes ten different codes of four groups of six', () => {
  const codes = newRecoveryCodes();
  expect(new Set(codes).size).toBe(10);
  for (const code of codes) expect(code).toMatch(/^[A-Z2-7]{6}(-[A-Z2-7]{6}){3}$/);
});

it('takes a code however it is typed, and no other', () => {
  const hash = hashRecoveryCode('ABCDEF-GHIJKL-MNOPQR-STUVWX');
  expect(hashRecoveryCode(' abcdefghijkl mnopqr-stuvwx')).toEqual(hash);
  expect(hashRecoveryCode('ABCDEF-GHIJKL-MNOPQR-STUVWY')).not.toEqual(hash);
});
