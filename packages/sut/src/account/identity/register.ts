import type { Bulkhead } from '../../policy/bulkhead.ts';
import { recordAudit } from '../../service/audit-trail/audit-trail.ts';
import type { Database } from '../../service/database/database.ts';
import { isDuplicateKey } from '../../service/database/failure.ts';
import type { Admission } from '../guard/admission.ts';
import type { RateLimits } from '../guard/rate-limits.ts';
import { hashPassword } from '../password-hash.ts';
import { type PasswordFault, passwordFault } from './password-rules.ts';

export interface NewCustomer {
  readonly email: string;
  readonly password: string;
  readonly name: string;
}

export type Registration =
  | { readonly kind: 'registered'; readonly customerId: number }
  | { readonly kind: 'emailTaken' }
  | { readonly kind: 'passwordRefused'; readonly fault: PasswordFault }
  | { readonly kind: 'busy' }
  | Exclude<Admission, { readonly kind: 'admitted' }>;

export type Register = (customer: NewCustomer, clientAddress: string) => Promise<Registration>;

export function createRegister(database: Database, gate: Bulkhead, rateLimits: RateLimits): Register {
  return async (customer, clientAddress) => {
    const { email, password, name } = customer;
    const fault = passwordFault(password, customer);
    if (fault !== undefined) return { kind: 'passwordRefused', fault };
    const admission = await rateLimits.take('registerFromAddress', clientAddress);
    if (admission.kind === 'limited') return admission;
    const passage = await gate.pass(() => hashPassword(password));
    if (passage.kind === 'full') return { kind: 'busy' };
    try {
      return await database.transaction<Registration>(async (session) => {
        const { id } = await session.change(
          'INSERT INTO customer (email, name, password_hash) VALUES (?, ?, ?)',
          [email, name, passage.result],
        );
        await recordAudit(session, { kind: 'security', action: 'account.registered', customerId: id });
        return { kind: 'commit', result: { kind: 'registered', customerId: id } };
      });
    } catch (error) {
      if (isDuplicateKey(error)) return { kind: 'emailTaken' };
      throw error;
    }
  };
}
