import { randomBytes } from 'node:crypto';
import { hashToken } from '../../service/authentication.ts';
import type { Session } from '../../service/database/database.ts';
import type { Credentials } from '../identity/credentials.ts';

/** What is left between a right password and a session. It opens nothing else, and no session opens this. */
export interface LoginChallenges {
  /** The challenge's text; only its hash is kept. */
  issue(customer: Credentials): Promise<string>;
  /** Whose challenge it is, one attempt fewer; undefined when it is unknown, used, too old, or tried too often. */
  attempt(challenge: string): Promise<Credentials | undefined>;
  /** True for the one caller who uses it up. */
  consume(challenge: string): Promise<boolean>;
}

/** Long enough to find the telephone. */
export const CHALLENGE_SECONDS = 300;
/** Typing errors and a code that ran out meanwhile; then the password is asked for again. */
const ATTEMPTS = 5;
const CHALLENGE_BYTES = 32;

export function createLoginChallenges(database: Session): LoginChallenges {
  return {
    issue: async ({ id, credentialVersion }) => {
      const challenge = randomBytes(CHALLENGE_BYTES).toString('base64url');
      await database.change(
        `INSERT INTO login_challenge (challenge_hash, customer_id, credential_version, attempts_left, expires_at)
         VALUES (?, ?, ?, ${ATTEMPTS}, NOW(3) + INTERVAL ${CHALLENGE_SECONDS} SECOND)`,
        [hashToken(challenge), id, credentialVersion],
      );
      return challenge;
    },
    attempt: async (challenge) => {
      const hash = hashToken(challenge);
      const { matched } = await database.change(
        `UPDATE login_challenge SET attempts_left = attempts_left - 1
         WHERE challenge_hash = ? AND attempts_left > 0 AND expires_at > NOW(3)`,
        [hash],
      );
      if (matched === 0) return undefined;
      const [row] = await database.rows<Credentials>(
        `SELECT customer.id, customer.role, customer.credential_version AS credentialVersion
         FROM login_challenge AS challenge JOIN customer ON customer.id = challenge.customer_id
           AND customer.credential_version = challenge.credential_version
         WHERE challenge.challenge_hash = ?`,
        [hash],
      );
      return row;
    },
    consume: async (challenge) => {
      const { matched } = await database.change('DELETE FROM login_challenge WHERE challenge_hash = ?', [
        hashToken(challenge),
      ]);
      return matched === 1;
    },
  };
}
