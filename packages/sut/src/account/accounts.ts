import { randomBytes } from 'node:crypto';
import { hashToken, type Identity } from '../service/authentication.ts';
import type { Session } from '../service/database/database.ts';
import { isDuplicateKey } from '../service/database/failure.ts';
import type { Gate } from './gate.ts';
import { hashPassword, verifyPassword } from './password-hash.ts';

type Registration =
  | { readonly kind: 'registered'; readonly customerId: number }
  | { readonly kind: 'emailTaken' }
  | { readonly kind: 'busy' };

type Login =
  | {
      readonly kind: 'loggedIn';
      readonly token: string;
      readonly customerId: number;
      readonly role: Identity['role'];
    }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'busy' };

export interface Accounts {
  register(email: string, password: string, name: string): Promise<Registration>;
  login(email: string, password: string): Promise<Login>;
  /** Ends the session; it does not matter whether it was there. */
  logout(identity: Identity): Promise<void>;
}

/** A working day: long enough not to interrupt a purchase, short enough that a stolen token expires. */
const SESSION_HOURS = 12;
/** 256 bits: not to be guessed. */
const TOKEN_BYTES = 32;

/** `gate` bounds how many password hashes are computed at once: each costs 19 MiB and some 50 ms of CPU. */
export function openAccounts(database: Session, gate: Gate): Accounts {
  // Verified for unknown addresses, so that the time taken does not tell which addresses are registered.
  const decoy = hashPassword(randomBytes(TOKEN_BYTES).toString('hex'));
  return {
    register: async (email, password, name) => {
      const passage = await gate.pass(() => hashPassword(password));
      if (passage.kind === 'full') return { kind: 'busy' };
      try {
        const { id } = await database.change(
          'INSERT INTO customer (email, name, password_hash) VALUES (?, ?, ?)',
          [email, name, passage.result],
        );
        return { kind: 'registered', customerId: id };
      } catch (error) {
        if (isDuplicateKey(error)) return { kind: 'emailTaken' };
        throw error;
      }
    },
    login: async (email, password) => {
      const customer = await findCustomer(database, email);
      const hash = customer?.passwordHash ?? (await decoy);
      const passage = await gate.pass(() => verifyPassword(password, hash));
      if (passage.kind === 'full') return { kind: 'busy' };
      if (customer === undefined || !passage.result) return { kind: 'wrong' };
      const token = randomBytes(TOKEN_BYTES).toString('base64url');
      await database.change(
        `INSERT INTO session (token_hash, customer_id, expires_at) VALUES (?, ?, NOW() + INTERVAL ${SESSION_HOURS} HOUR)`,
        [hashToken(token), customer.id],
      );
      return { kind: 'loggedIn', token, customerId: customer.id, role: customer.role };
    },
    logout: async (identity) => {
      await database.change('DELETE FROM session WHERE token_hash = ?', [identity.tokenHash]);
    },
  };
}

interface CustomerRow {
  readonly id: number;
  readonly passwordHash: string;
  readonly role: Identity['role'];
}

async function findCustomer(database: Session, email: string): Promise<CustomerRow | undefined> {
  const [row] = await database.rows<CustomerRow>(
    'SELECT id, password_hash AS passwordHash, role FROM customer WHERE email = ?',
    [email],
  );
  return row;
}
