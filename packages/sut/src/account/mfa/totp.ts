import { createHmac, timingSafeEqual } from 'node:crypto';

/** RFC 6238 with the values that every authenticator app assumes: SHA-1, steps of 30 s, six digits. */
export const totpFigures = { stepSeconds: 30, digits: 6 } as const;

/** RFC 6238 section 5.2 advises one step either way: clocks differ, and typing takes a while. */
const STEPS_EITHER_WAY = 1;

export function totpStep(wallMs: number): number {
  return Math.floor(wallMs / 1_000 / totpFigures.stepSeconds);
}

/** The code of one step (RFC 4226 section 5.3, with the step as its counter). */
export function totpCode(secret: Uint8Array, step: number, digits: number = totpFigures.digits): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0x0f;
  const number = mac.readUInt32BE(offset) & 0x7f_ff_ff_ff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/**
 * The step around now that a code of six digits belongs to; undefined for a wrong one. All steps are compared
 * whichever fits, so that the time taken tells nothing.
 */
export function matchingStep(secret: Uint8Array, code: string, wallMs: number): number | undefined {
  const given = Buffer.from(code);
  const now = totpStep(wallMs);
  let match: number | undefined;
  for (let step = now - STEPS_EITHER_WAY; step <= now + STEPS_EITHER_WAY; step += 1) {
    const expected = Buffer.from(totpCode(secret, step));
    if (given.length === expected.length && timingSafeEqual(given, expected)) match = step;
  }
  return match;
}
