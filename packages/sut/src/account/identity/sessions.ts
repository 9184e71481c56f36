import { randomBytes } from 'node:crypto';
import { hashToken, type Identity, sessionFigures } from '../../service/authentication.ts';
import type { Session } from '../../service/database/database.ts';
import type { Credentials } from './credentials.ts';

/** Opens and ends sessions; every service checks them with `createAuthenticate`. */
export interface Sessions {
  /** The token; only its hash is kept. */
  open(customer: Credentials): Promise<string>;
  /** It does not matter whether it was there. */
  end(identity: Identity): Promise<void>;
  /** Ends every session of the customer, and every login that is half done. */
  endAll(customerId: number): Promise<void>;
}

/** 256 bits: not to be guessed. */
const TOKEN_BYTES = 32;

export function createSessions(database: Session): Sessions {
  return {
    open: async ({ id, credentialVersion }) => {
      const token = randomBytes(TOKEN_BYTES).toString('base64url');
      await database.change(
        `INSERT INTO session (token_hash, customer_id, credential_version, expires_at)
         VALUES (?, ?, ?, NOW(3) + INTERVAL ${sessionFigures.absoluteSeconds} SECOND)`,
        [hashToken(token), id, credentialVersion],
      );
      return token;
    },
    end: async ({ tokenHash }) => {
      await database.change('DELETE FROM session WHERE token_hash = ?', [tokenHash]);
    },
    endAll: async (customerId) => {
      // One statement ends them all, also one that is being opened just now with what is then an old version.
      await database.change('UPDATE customer SET credential_version = credential_version + 1 WHERE id = ?', [
        customerId,
      ]);
      await forgetOldSessions(database, customerId);
    },
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
