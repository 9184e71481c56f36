import { randomBytes } from 'node:crypto';
import type { Bulkhead } from '../../policy/bulkhead.ts';
import { recordAudit } from '../../service/audit-trail/audit-trail.ts';
import type { Session } from '../../service/database/database.ts';
import type { Admission } from '../guard/admission.ts';
import type { Lockout } from '../guard/lockout.ts';
import type { RateLimits } from '../guard/rate-limits.ts';
import { hashPassword, verifyPassword } from '../password-hash.ts';
import type { Credentials } from './credentials.ts';

export interface PasswordAttempt {
  /** In small letters. */
  readonly email: string;
  readonly password: string;
  readonly clientAddress: string;
}

export type PasswordVerdict =
  | { readonly kind: 'right'; readonly customer: Credentials }
  /** Or there is no such account: nobody is told which. */
  | { readonly kind: 'wrong' }
  | { readonly kind: 'busy' }
  | Exclude<Admission, { readonly kind: 'admitted' }>;

/** The one way in which a password is compared: limited, counted, and as slow for accounts that do not exist. */
export type PasswordCheck = (attempt: PasswordAttempt) => Promise<PasswordVerdict>;

export interface PasswordCheckParts {
  readonly database: Session;
  /** Bounds how many password hashes are computed at once: each costs 19 MiB and some 50 ms of CPU. */
  readonly gate: Bulkhead;
  readonly rateLimits: RateLimits;
  readonly lockout: Lockout;
}

interface CustomerRow extends Credentials {
  readonly passwordHash: string;
}

export function createPasswordCheck(parts: PasswordCheckParts): PasswordCheck {
  const { gate, lockout } = parts;
  // Verified for unknown addresses, so that the time taken does not tell which addresses are registered.
  const decoy = hashPassword(randomBytes(32).toString('hex'));
  return async (attempt) => {
    const admission = await admit(parts, attempt);
    if (admission.kind === 'limited') return admission;
    const found = await findCustomer(parts.database, attempt.email);
    const hash = found?.passwordHash ?? (await decoy);
    const passage = await gate.pass(async (): Promise<Comparison> => {
      // Counted only by those whose turn it is: who waits at the gate must not look like a guesser meanwhile.
      const begun = await lockout.begin('loginOfAccount', attempt.email);
      if (begun.kind === 'limited') return begun;
      return { kind: 'compared', isRight: await verifyPassword(attempt.password, hash) };
    });
    if (passage.kind === 'full') return { kind: 'busy' };
    if (passage.result.kind === 'limited') return passage.result;
    return settle(parts, attempt, passage.result.isRight ? found : undefined, found?.id);
  };
}

type Comparison =
  | { readonly kind: 'compared'; readonly isRight: boolean }
  | Exclude<Admission, { readonly kind: 'admitted' }>;

async function admit(
  { rateLimits, lockout }: PasswordCheckParts,
  attempt: PasswordAttempt,
): Promise<Admission> {
  const { email, clientAddress } = attempt;
  const ofAddress = await rateLimits.take('loginFromAddress', clientAddress);
  if (ofAddress.kind === 'limited') return ofAddress;
  const [ofAccount, locked] = await Promise.all([
    rateLimits.take('loginOfAccount', email),
    lockout.look('loginFromAddress', clientAddress),
  ]);
  return ofAccount.kind === 'limited' ? ofAccount : locked;
}

/** Keeps the counts and the trail. `proved` is who was right, `meant` whose account was tried, if there is one. */
async function settle(
  { database, lockout }: PasswordCheckParts,
  { email, clientAddress }: PasswordAttempt,
  proved: Credentials | undefined,
  meant: number | undefined,
): Promise<PasswordVerdict> {
  if (proved === undefined) {
    await lockout.count('loginFromAddress', clientAddress);
    // Of an unknown address there is nobody to tell it of, and the address itself may be a password in the wrong field.
    await recordAudit(database, { kind: 'security', action: 'password.refused', customerId: meant });
    return { kind: 'wrong' };
  }
  await lockout.clear('loginOfAccount', email);
  const { id, role, credentialVersion } = proved;
  return { kind: 'right', customer: { id, role, credentialVersion } };
}

async function findCustomer(database: Session, email: string): Promise<CustomerRow | undefined> {
  const [row] = await database.rows<CustomerRow>(
    `SELECT id, password_hash AS passwordHash, role, credential_version AS credentialVersion
     FROM customer WHERE email = ?`,
    [email],
  );
  return row;
}
