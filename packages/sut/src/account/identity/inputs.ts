import { z } from 'zod';
import { hasPasswordLength, passwordLength } from './password-rules.ts';

/** RFC 5321 allows 254 characters in an address. */
export const emailSchema = z.string().trim().toLowerCase().pipe(z.email().max(254));

export const nameSchema = textSchema(100);

/** A line that somebody typed. Half a surrogate pair is no character, and the database's JSON refuses it. */
export function textSchema(charactersMax: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(charactersMax)
    .refine((text) => text.isWellFormed(), 'holds half a character');
}

/** A password that is to be set. */
export const newPasswordSchema = z
  .string()
  .refine(hasPasswordLength, `needs ${passwordLength.min} to ${passwordLength.max} characters`);

/**
 * A password that is to be compared: an account's may be older than today's rules. In UTF-16 the longest allowed one
 * is twice as long, and typed in parts (a letter, then its accent) twice as long again.
 */
export const knownPasswordSchema = z
  .string()
  .min(1)
  .max(passwordLength.max * 4);

/** What an authenticator app shows. */
export const totpCodeSchema = z.string().regex(/^\d{6}$/, 'needs six digits');

/** As shown, or typed in another way; what is typed wrong is a wrong code, not a wrong request. */
export const recoveryCodeSchema = z.string().min(1).max(100);

/** 32 bytes in base64url. */
export const challengeSchema = z.string().regex(/^[\w-]{43}$/, 'is not what a login answered');
