import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { AppError } from '@stormcart/core';

/** Keeps small secrets encrypted at rest. `owner` binds a secret to whom it belongs: moved to another row it is void. */
export interface SecretBox {
  seal(secret: Uint8Array, owner: string): Buffer;
  /** Rejects with `SECRET_UNREADABLE` what was sealed with another key, for another owner, or altered. */
  open(sealed: Buffer, owner: string): Buffer;
}

const CIPHER = 'aes-256-gcm';
/** NIST SP 800-38D: 96 random bits serve for 2^32 secrets under one key, and the full tag is the one to use. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** `key` has 32 bytes. Sealed: nonce, tag, ciphertext. */
export function createSecretBox(key: Buffer): SecretBox {
  return {
    seal: (secret, owner) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(
        Buffer.from(owner),
      );
      const body = Buffer.concat([cipher.update(secret), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]);
    },
    open: (sealed, owner) => {
      try {
        const nonce = sealed.subarray(0, NONCE_BYTES);
        const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
        const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
          .setAAD(Buffer.from(owner))
          .setAuthTag(tag);
        return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
      } catch {
        // Without the cause: it could only repeat what must not be told.
        throw new AppError({
          kind: 'internal',
          code: 'SECRET_UNREADABLE',
          message: 'a stored secret does not open with this key',
        });
      }
    },
  };
}
