import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchingStep, totpCode, totpStep } from './totp.ts';

const secret = Buffer.from('12345678901234567890');
const STEP_MS = 30_000;

describe('a TOTP code', () => {
  it.each([
    [59, '94287082'],
    [1_111_111_109, '07081804'],
    [1_111_111_111, '14050471'],
    [1_234_567_890, '89005924'],
    [2_000_000_000, '69279037'],
    [20_000_000_000, '65353130'],
  ])('at %i s is that of RFC 6238 appendix B: %s', (seconds, code) => {
    expect(totpCode(secret, totpStep(seconds * 1_000), 8)).toBe(code);
    expect(totpCode(secret, totpStep(seconds * 1_000))).toBe(code.slice(2));
  });

  it.each([
    [0, '755224'],
    [1, '287082'],
    [2, '359152'],
    [3, '969429'],
    [4, '338314'],
    [5, '254676'],
    [6, '287922'],
    [7, '162583'],
    [8, '399871'],
    [9, '520489'],
  ])('of counter %i is that of RFC 4226 appendix D: %s', (counter, code) => {
    expect(totpCode(secret, counter)).toBe(code);
  });

  it('is taken in its own step and the ones beside it, and in no other', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 2_000_000_000 }),
        fc.integer({ min: -5, max: 5 }),
        (now, off) => {
          const taken = matchingStep(secret, totpCode(secret, now + off), now * STEP_MS);
          // Two steps may share a code by chance, one pair in a million: then the nearer one may be named.
          if (Math.abs(off) <= 1) expect(taken).toBeDefined();
          else if (taken !== undefined) expect(totpCode(secret, taken)).toBe(totpCode(secret, now + off));
        },
      ),
    );
    const now = 41_152_263 * STEP_MS;
    expect(matchingStep(secret, '005924', now)).toBe(41_152_263);
    expect(matchingStep(secret, '005924', now + STEP_MS)).toBe(41_152_263);
    expect(matchingStep(secret, '005924', now - 1)).toBe(41_152_263);
    expect(matchingStep(secret, '005924', now + 2 * STEP_MS)).toBeUndefined();
    expect(matchingStep(secret, '005924', now - STEP_MS - 1)).toBeUndefined();
  });

  it.each(['', '5924', '0059240', '00592４', 'abcdef'])('is not %j', (code) => {
    expect(matchingStep(secret, code, 1_234_567_890_000)).toBeUndefined();
  });
});
