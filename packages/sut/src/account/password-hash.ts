import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { normalisePassword } from './identity/password-rules.ts';

/** OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane. Some 50 ms of CPU here. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** What is verified may come from an older setting, never from one that would exhaust the machine. */
const COST_MAX = { memory: 65_536, passes: 10, parallelism: 4 } as const;

/** `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`, base64 without padding (the PHC string format). */
const PHC = /^\$argon2id\$v=19\$m=(\d{1,9}),t=(\d{1,9}),p=(\d{1,9})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

const derive = promisify(argon2);

export interface PhcHash {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const message = normalisePassword(password);
  const hash = await derive('argon2id', { message, nonce: salt, tagLength: HASH_BYTES, ...COST });
  return formatPhc({ ...COST, salt, hash });
}

/** False for a wrong password and for a text that is no argon2id hash. */
export async function verifyPassword(password: string, text: string): Promise<boolean> {
  const phc = parsePhc(text);
  if (phc === undefined) return false;
  const { memory, passes, parallelism, salt, hash } = phc;
  const message = normalisePassword(password);
  const parameters = { message, nonce: salt, tagLength: hash.length, memory, passes, parallelism };
  return timingSafeEqual(await derive('argon2id', parameters), hash);
}

export function formatPhc({ memory, passes, parallelism, salt, hash }: PhcHash): string {
  const [saltText, hashText] = [salt, hash].map((bytes) => bytes.toString('base64').replaceAll('=', ''));
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${saltText}$${hashText}`;
}

/** Undefined for anything else than argon2id within bearable cost. */
export function parsePhc(text: string): PhcHash | undefined {
  const match = PHC.exec(text);
  if (match === null) return undefined;
  const [memory, passes, parallelism] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const [salt, hash] = [Buffer.from(match[4] ?? '', 'base64'), Buffer.from(match[5] ?? '', 'base64')];
  const isBearable =
    memory <= COST_MAX.memory && passes <= COST_MAX.passes && parallelism <= COST_MAX.parallelism;
  // RFC 9106: at least 8 KiB a lane, one pass, 8 bytes of salt and 4 of hash.
  const isLegal = memory >= 8 * parallelism && passes >= 1 && parallelism >= 1;
  if (!isBearable || !isLegal || salt.length < 8 || hash.length < 4) return undefined;
  return { memory, passes, parallelism, salt, hash };
}
