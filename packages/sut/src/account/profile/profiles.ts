import type { Bulkhead } from '../../policy/bulkhead.ts';
import { recordAudit } from '../../service/audit-trail/audit-trail.ts';
import type { Identity } from '../../service/authentication.ts';
import type { Database, Session } from '../../service/database/database.ts';
import { type PasswordFault, passwordFault } from '../identity/password-rules.ts';
import { forgetOldSessions } from '../identity/sessions.ts';
import { hashPassword } from '../password-hash.ts';
import type { ConfirmOwner, Doubt } from './confirm-owner.ts';
import { type PostalAddress, postalAddressSchema } from './postal-address.ts';

export interface Profile {
  readonly customerId: number;
  readonly email: string;
  readonly name: string;
  readonly role: Identity['role'];
  readonly address: PostalAddress | null;
}

export interface PasswordChange {
  readonly current: string;
  readonly next: string;
}

export interface ProfileChange {
  readonly name?: string | undefined;
  /** Null removes it. */
  readonly address?: PostalAddress | null | undefined;
  readonly password?: PasswordChange | undefined;
}

export type ProfileOutcome =
  | { readonly kind: 'changed'; readonly profile: Profile }
  | { readonly kind: 'passwordRefused'; readonly fault: PasswordFault }
  /** The password was changed by somebody else between check and change. */
  | { readonly kind: 'changedMeanwhile' }
  | Doubt;

/** What customers may see and change of themselves, and only of themselves. */
export interface Profiles {
  read(customerId: number): Promise<Profile>;
  /** All of it or nothing. A new password ends every session, also the one that asked for it. */
  change(customerId: number, change: ProfileChange, clientAddress: string): Promise<ProfileOutcome>;
}

export interface ProfileParts {
  readonly database: Database;
  readonly gate: Bulkhead;
  readonly confirmOwner: ConfirmOwner;
}

interface NewSecret {
  readonly hash: string;
  /** The version that the old password was checked against. */
  readonly credentialVersion: number;
}

export function createProfiles(parts: ProfileParts): Profiles {
  const { database } = parts;
  return {
    read: (customerId) => readProfile(database, customerId),
    change: async (customerId, change, clientAddress) => {
      const { password } = change;
      if (password === undefined) return store(database, customerId, change, undefined);
      const profile = await readProfile(database, customerId);
      const context = { email: profile.email, name: change.name ?? profile.name };
      const fault = passwordFault(password.next, context);
      if (fault !== undefined) return { kind: 'passwordRefused', fault };
      const owner = await parts.confirmOwner(customerId, password.current, clientAddress);
      if (owner.kind !== 'confirmed') return owner;
      const passage = await parts.gate.pass(() => hashPassword(password.next));
      if (passage.kind === 'full') return { kind: 'busy' };
      const { credentialVersion } = owner.customer;
      return store(database, customerId, change, { hash: passage.result, credentialVersion });
    },
  };
}

function store(
  database: Database,
  customerId: number,
  { name, address }: ProfileChange,
  secret: NewSecret | undefined,
): Promise<ProfileOutcome> {
  return database.transaction<ProfileOutcome>(async (session) => {
    if (secret !== undefined) {
      const { matched } = await session.change(
        `UPDATE customer SET password_hash = ?, credential_version = credential_version + 1
         WHERE id = ? AND credential_version = ?`,
        [secret.hash, customerId, secret.credentialVersion],
      );
      if (matched === 0) return { kind: 'roll-back', result: { kind: 'changedMeanwhile' } };
      await forgetOldSessions(session, customerId);
      await recordAudit(session, { kind: 'security', action: 'password.changed', customerId });
    }
    if (name !== undefined) {
      await session.change('UPDATE customer SET name = ? WHERE id = ?', [name, customerId]);
    }
    if (address !== undefined) {
      const text = address === null ? null : JSON.stringify(address);
      await session.change('UPDATE customer SET address = ? WHERE id = ?', [text, customerId]);
    }
    return { kind: 'commit', result: { kind: 'changed', profile: await readProfile(session, customerId) } };
  });
}

async function readProfile(database: Session, customerId: number): Promise<Profile> {
  const [row] = await database.rows<Omit<Profile, 'address'> & { readonly address: string | null }>(
    'SELECT id AS customerId, email, name, role, address FROM customer WHERE id = ?',
    [customerId],
  );
  // Customers are never removed, and a session has just named this one.
  if (row === undefined) throw new Error(`customer ${customerId} has a session but no row`);
  const address = row.address === null ? null : postalAddressSchema.parse(JSON.parse(row.address));
  return { ...row, address };
}
