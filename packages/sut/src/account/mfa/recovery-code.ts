import { createHash, randomBytes } from 'node:crypto';
import { encodeBase32 } from './base32.ts';

/** Enough to lose a telephone now and then over years. */
const CODES = 10;
/** 120 random bits: over the 112 from which on a plain hash does (NIST SP 800-63B-4 section 3.1.2.2), and no padding. */
const CODE_BYTES = 15;
const GROUP = /.{6}/g;

/** `ABCDEF-GHIJKL-MNOPQR-STUVWX`, ten of them. Shown once; only hashes are kept. */
export function newRecoveryCodes(): readonly string[] {
  return Array.from({ length: CODES }, () => {
    const text = encodeBase32(randomBytes(CODE_BYTES));
    return (text.match(GROUP) ?? []).join('-');
  });
}

/** As typed: case and separators make no difference. */
export function hashRecoveryCode(code: string): Buffer {
  return createHash('sha256').update(code.toUpperCase().replaceAll(/[\s-]/g, '')).digest();
}
