import { createHash } from 'node:crypto';
import type { Session } from './database/database.ts';

export interface Identity {
  readonly customerId: number;
  readonly role: 'customer' | 'admin';
  /** What the session is stored under. */
  readonly tokenHash: Buffer;
}

/** Who an `Authorization` header stands for; undefined without a valid session. */
export type Authenticate = (authorization: string | undefined) => Promise<Identity | undefined>;

/** 32 random bytes in base64url. */
const BEARER = /^Bearer ([A-Za-z0-9_-]{43})$/i;

/** Tokens are stored hashed: who reads the table cannot use them. Random input needs no slow hash. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function bearerToken(authorization: string | undefined): string | undefined {
  return BEARER.exec(authorization ?? '')?.[1];
}

export function createAuthenticate(database: Session): Authenticate {
  return async (authorization) => {
    const token = bearerToken(authorization);
    if (token === undefined) return undefined;
    const tokenHash = hashToken(token);
    const [row] = await database.rows<{ readonly customerId: number; readonly role: Identity['role'] }>(
      `SELECT customer.id AS customerId, customer.role
       FROM session JOIN customer ON customer.id = session.customer_id
       WHERE session.token_hash = ? AND session.expires_at > NOW()`,
      [tokenHash],
    );
    return row === undefined ? undefined : { ...row, tokenHash };
  };
}
