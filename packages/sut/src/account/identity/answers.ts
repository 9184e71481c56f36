import { type Answer, json, problem } from '../../service/problem.ts';
import type { PasswordFault } from './password-rules.ts';

const FAULTS: Readonly<Record<PasswordFault, string>> = {
  repetitive: 'repeats few characters or follows the keys',
  common: 'is made of common words, the name of the shop, or your own name or address',
};

/** 422 that names the field and never the password. */
export function passwordRefused(field: string, fault: PasswordFault): Answer {
  const message = FAULTS[fault];
  return problem('password-refused', `${field}: ${message}`, { members: { errors: [{ field, message }] } });
}

export function busy(): Answer {
  return problem('busy', 'Too many people log in or register at once.', { retryAfterSeconds: 1 });
}

/** The same for limits and lockouts, and whether or not there is such an account. */
export function tooManyAttempts(retryAfterSeconds: number): Answer {
  return problem('too-many-attempts', 'Wait, then try again.', { retryAfterSeconds });
}

/** An answer with a secret in it: no cache may keep it (RFC 9111 section 5.2.2.5). */
export function jsonOnce(status: number, body: unknown): Answer {
  return json(status, body, { 'cache-control': 'no-store' });
}
