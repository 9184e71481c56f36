import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSecretBox } from './secret-box.ts';

const box = createSecretBox(randomBytes(32));
const unreadable = expect.objectContaining({ code: 'SECRET_UNREADABLE' });

it('opens what it sealed, and never seals the same way twice', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 0, maxLength: 64 }), fc.string(), (secret, owner) => {
      const sealed = box.seal(secret, owner);
      expect(box.open(sealed, owner)).toEqual(Buffer.from(secret));
      expect(box.seal(secret, owner)).not.toEqual(sealed);
    }),
  );
});

it('does not open for another owner, with another key, or after any change of a byte', () => {
  const sealed = box.seal(Buffer.from('a secret of twenty b'), '7');
  expect(() => box.open(sealed, '8')).toThrowError(unreadable);
  expect(() => createSecretBox(randomBytes(32)).open(sealed, '7')).toThrowError(unreadable);
  for (let index = 0; index < sealed.length; index += 1) {
    const altered = Buffer.from(sealed);
    altered.writeUInt8(altered.readUInt8(index) ^ 1, index);
    expect(() => box.open(altered, '7')).toThrowError(unreadable);
  }
  expect(() => box.open(Buffer.alloc(5), '7')).toThrowError(unreadable);
});
