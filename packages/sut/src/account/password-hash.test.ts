import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPhc, hashPassword, parsePhc, verifyPassword } from './password-hash.ts';

const bytes = (min: number, max: number) =>
  fc.uint8Array({ minLength: min, maxLength: max }).map((array) => Buffer.from(array));

describe('a password hash', () => {
  it('verifies its own password and no other', async () => {
    const hash = await hashPassword('correct horse');
    expect(await verifyPassword('correct horse', hash)).toBe(true);
    expect(await verifyPassword('correct horsf', hash)).toBe(false);
    expect(await hashPassword('correct horse')).not.toBe(hash);
  });

  it('verifies however the characters were spelled', async () => {
    const hash = await hashPassword('crème brûlée'.normalize('NFC'));
    expect(await verifyPassword('crème brûlée'.normalize('NFD'), hash)).toBe(true);
  });

  it('is computed beside the event loop, which goes on turning', async () => {
    let turns = 0;
    let isDone = false;
    const turn = (): void => {
      turns += 1;
      if (!isDone) setImmediate(turn);
    };
    setImmediate(turn);
    await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
    isDone = true;
    // Computed on the loop itself it would not turn at all meanwhile.
    expect(turns).toBeGreaterThan(50);
  });

  it('verifies a hash of the reference implementation', async () => {
    // The known-answer test `hashtest(version, 2, 8, 1, "password", "somesalt", …, Argon2_id)` of phc-winner-argon2.
    const reference = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';
    expect(await verifyPassword('password', reference)).toBe(true);
    expect(await verifyPassword('passwore', reference)).toBe(false);
  });

  it('reads what it writes', () => {
    const phc = fc.record({
      memory: fc.integer({ min: 32, max: 65_536 }),
      passes: fc.integer({ min: 1, max: 10 }),
      parallelism: fc.integer({ min: 1, max: 4 }),
      salt: bytes(8, 32),
      hash: bytes(4, 64),
    });
    fc.assert(
      fc.property(phc, (value) => {
        expect(parsePhc(formatPhc(value))).toEqual(value);
      }),
    );
  });

  it.each([
    ['another algorithm', '$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR'],
    ['another version', '$argon2id$v=16$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR'],
    ['memory that would exhaust the machine', '$argon2id$v=19$m=999999999,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR'],
    ['a short salt', '$argon2id$v=19$m=256,t=2,p=1$c29t$nf65EOgLrQMR'],
    ['no passes', '$argon2id$v=19$m=256,t=0,p=1$c29tZXNhbHQ$nf65EOgLrQMR'],
    ['plain text', 'correct horse'],
  ])('does not take %s', async (_what, text) => {
    expect(parsePhc(text)).toBeUndefined();
    expect(await verifyPassword('correct horse', text)).toBe(false);
  });
});
