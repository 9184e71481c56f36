import type { Session } from '../../service/database/database.ts';
import type { RateLimits } from '../guard/rate-limits.ts';
import type { Credentials } from '../identity/credentials.ts';
import type { PasswordCheck, PasswordVerdict } from '../identity/password-check.ts';

/** Why nothing was done. */
export type Doubt = Exclude<PasswordVerdict, { readonly kind: 'right' }>;

type Confirmed = { readonly kind: 'confirmed'; readonly customer: Credentials } | Doubt;

/**
 * Asks for the password again within a session, before something that a stolen session must not do. It counts like a
 * login: the lock is the account's, wherever the guesses come from.
 */
export type ConfirmOwner = (
  customerId: number,
  password: string,
  clientAddress: string,
) => Promise<Confirmed>;

export function createConfirmOwner(
  database: Session,
  checkPassword: PasswordCheck,
  rateLimits: RateLimits,
): ConfirmOwner {
  return async (customerId, password, clientAddress) => {
    const limit = await rateLimits.take('passwordOfSession', String(customerId));
    if (limit.kind === 'limited') return limit;
    const [row] = await database.rows<{ readonly email: string }>('SELECT email FROM customer WHERE id = ?', [
      customerId,
    ]);
    const verdict = await checkPassword({ email: row?.email ?? '', password, clientAddress });
    return verdict.kind === 'right' ? { kind: 'confirmed', customer: verdict.customer } : verdict;
  };
}
