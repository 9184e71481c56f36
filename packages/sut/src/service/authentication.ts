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

/** NIST SP 800-63B-4 section 2.2.3 for accounts with a second factor, kept for all: a day at most, an hour unused. */
export const sessionFigures = {
  /** A working day: long enough not to interrupt a purchase, short enough that a stolen token expires. */
  absoluteSeconds: 12 * 3_600,
  idleSeconds: 3_600,
  /** How exact "unused" is: each request within a minute of the last one saves its write. */
  touchSeconds: 60,
} as const;

/** 32 random bytes in base64url. */
const BEARER = /^Bearer ([A-Za-z0-9_-]{43})$/i;

/** Tokens are stored hashed: who reads the table cannot use them. Random input needs no slow hash. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function bearerToken(authorization: string | undefined): string | undefined {
  return BEARER.exec(authorization ?? '')?.[1];
}

interface SessionRow {
  readonly customerId: number;
  readonly role: Identity['role'];
  readonly isTouchDue: number;
}

/** Asks the database each time and remembers nothing: a session that was ended is over for the next request. */
export function createAuthenticate(database: Session): Authenticate {
  return async (authorization) => {
    const token = bearerToken(authorization);
    if (token === undefined) return undefined;
    const tokenHash = hashToken(token);
    const [row] = await database.rows<SessionRow>(
      `SELECT customer.id AS customerId, customer.role,
              session.seen_at < NOW(3) - INTERVAL ${sessionFigures.touchSeconds} SECOND AS isTouchDue
       FROM session JOIN customer ON customer.id = session.customer_id
         AND customer.credential_version = session.credential_version
       WHERE session.token_hash = ? AND session.expires_at > NOW(3)
         AND session.seen_at > NOW(3) - INTERVAL ${sessionFigures.idleSeconds} SECOND`,
      [tokenHash],
    );
    if (row === undefined) return undefined;
    const { customerId, role, isTouchDue } = row;
    if (isTouchDue === 1) await touch(database, tokenHash);
    return { customerId, role, tokenHash };
  };
}

async function touch(database: Session, tokenHash: Buffer): Promise<void> {
  await database.change('UPDATE session SET seen_at = NOW(3) WHERE token_hash = ?', [tokenHash]);
}
