import { recordAudit } from '../../service/audit-trail/audit-trail.ts';
import type { Identity } from '../../service/authentication.ts';
import type { Session } from '../../service/database/database.ts';
import type { Admission } from '../guard/admission.ts';
import type { Lockout } from '../guard/lockout.ts';
import type { RateLimits } from '../guard/rate-limits.ts';
import type { LoginChallenges } from '../mfa/login-challenges.ts';
import type { SecondFactor } from '../mfa/second-factor.ts';
import type { Credentials } from './credentials.ts';
import type { PasswordAttempt, PasswordCheck, PasswordVerdict } from './password-check.ts';
import type { LoginMeans, Sessions } from './sessions.ts';

interface LoggedIn {
  readonly kind: 'loggedIn';
  readonly token: string;
  readonly customerId: number;
  readonly role: Identity['role'];
}

export type FirstStep =
  | LoggedIn
  /** The password was right, and a second factor is on. */
  | { readonly kind: 'challenged'; readonly challenge: string }
  | Exclude<PasswordVerdict, { readonly kind: 'right' }>;

export interface CodeAttempt {
  readonly challenge: string;
  readonly method: 'totp' | 'recovery';
  readonly code: string;
  readonly clientAddress: string;
}

export type SecondStep =
  | LoggedIn
  | { readonly kind: 'challengeInvalid' }
  | { readonly kind: 'wrongCode' }
  | Exclude<Admission, { readonly kind: 'admitted' }>;

/** From a password, and where it is on a second factor, to a session. */
export interface Login {
  withPassword(attempt: PasswordAttempt): Promise<FirstStep>;
  withCode(attempt: CodeAttempt): Promise<SecondStep>;
}

export interface LoginParts {
  readonly database: Session;
  readonly checkPassword: PasswordCheck;
  readonly sessions: Sessions;
  readonly challenges: LoginChallenges;
  readonly secondFactor: SecondFactor;
  readonly rateLimits: RateLimits;
  readonly lockout: Lockout;
}

export function createLogin(parts: LoginParts): Login {
  const { checkPassword, challenges, secondFactor } = parts;
  return {
    withPassword: async (attempt) => {
      const verdict = await checkPassword(attempt);
      if (verdict.kind !== 'right') return verdict;
      if (!(await secondFactor.isOn(verdict.customer.id))) return enter(parts, verdict.customer, 'password');
      return { kind: 'challenged', challenge: await challenges.issue(verdict.customer) };
    },
    withCode: async (attempt) => {
      const ofAddress = await parts.rateLimits.take('mfaFromAddress', attempt.clientAddress);
      if (ofAddress.kind === 'limited') return ofAddress;
      const customer = await challenges.attempt(attempt.challenge);
      if (customer === undefined) return { kind: 'challengeInvalid' };
      const admission = await admitCode(parts, customer.id);
      if (admission.kind === 'limited') return admission;
      if (!(await isRight(secondFactor, customer.id, attempt))) {
        await recordRefusal(parts.database, customer.id, attempt.method);
        return { kind: 'wrongCode' };
      }
      // Two right codes for one challenge, one of each kind, say: the first opens the session.
      if (!(await challenges.consume(attempt.challenge))) return { kind: 'challengeInvalid' };
      await parts.lockout.clear('mfaOfAccount', String(customer.id));
      return enter(parts, customer, attempt.method);
    },
  };
}

async function admitCode({ rateLimits, lockout }: LoginParts, customerId: number): Promise<Admission> {
  const limit = await rateLimits.take('mfaOfAccount', String(customerId));
  return limit.kind === 'limited' ? limit : lockout.begin('mfaOfAccount', String(customerId));
}

function isRight(
  secondFactor: SecondFactor,
  customerId: number,
  { method, code }: CodeAttempt,
): Promise<boolean> {
  return method === 'totp'
    ? secondFactor.takeTotp(customerId, code)
    : secondFactor.takeRecovery(customerId, code);
}

function recordRefusal(database: Session, customerId: number, means: LoginMeans): Promise<void> {
  const action = 'second-factor.refused';
  return recordAudit(database, { kind: 'security', action, customerId, details: { means } });
}

async function enter({ sessions }: LoginParts, customer: Credentials, means: LoginMeans): Promise<LoggedIn> {
  const token = await sessions.open(customer, means);
  return { kind: 'loggedIn', token, customerId: customer.id, role: customer.role };
}
