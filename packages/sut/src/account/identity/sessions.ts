import { randomBytes } from 'node:crypto';
import { recordAudit } from '../../service/audit-trail/audit-trail.ts';
import { hashToken, type Identity, sessionFigures } from '../../service/authentication.ts';
import type { Database, Session } from '../../service/database/database.ts';
import type { Credentials } from './credentials.ts';

/** What a customer proved to be themselves with. */
export type LoginMeans = 'password' | 'totp' | 'recovery';

/** Opens and ends sessions; every service checks them with `createAuthenticate`. */
export interface Sessions {
  /** The token; only its hash is kept. */
  open(customer: Credentials, means: LoginMeans): Promise<string>;
  /** It does not matter whether it was there. */
  end(identity: Identity): Promise<void>;
  /** Ends every session of the customer, and every login that is half done. */
  endAll(customerId: number): Promise<void>;
}

/** 256 bits: not to be guessed. */
const TOKEN_BYTES = 32;

export function createSessions(database: Database): Sessions {
  return {
    open: ({ id, credentialVersion }, means) => {
      const token = randomBytes(TOKEN_BYTES).toString('base64url');
      return database.transaction(async (session) => {
        await session.change(
          `INSERT INTO session (token_hash, customer_id, credential_version, expires_at)
           VALUES (?, ?, ?, NOW(3) + INTERVAL ${sessionFigures.absoluteSeconds} SECOND)`,
          [hashToken(token), id, credentialVersion],
        );
        await recordAudit(session, {
          kind: 'security',
          action: 'login.succeeded',
          customerId: id,
          details: { means },
        });
        return { kind: 'commit', result: token };
      });
    },
    end: ({ customerId, tokenHash }) =>
      database.transaction(async (session) => {
        await session.change('DELETE FROM session WHERE token_hash = ?', [tokenHash]);
        await recordAudit(session, { kind: 'security', action: 'session.ended', customerId });
        return { kind: 'commit', result: undefined };
      }),
    endAll: (customerId) =>
      database.transaction(async (session) => {
        // One statement ends them all, also one that is being opened just now with what is then an old version.
        await session.change('UPDATE customer SET credential_version = credential_version + 1 WHERE id = ?', [
          customerId,
        ]);
        await forgetOldSessions(session, customerId);
        await recordAudit(session, { kind: 'security', action: 'sessions.ended', customerId });
        return { kind: 'commit', result: undefined };
      }),
  };
}

/** Removes what a new credential version has made void; it opens nothing any more and would only cost space. */
export async function forgetOldSessions(database: Session, customerId: number): Promise<void> {
  for (const table of ['session', 'login_challenge'] as const) {
    await database.change(
      `DELETE FROM ${table} WHERE customer_id = ?
       AND credential_version < (SELECT credential_version FROM customer WHERE id = ?)`,
      [customerId, customerId],
    );
  }
}
