import { randomBytes } from 'node:crypto';
import type { Clock } from '@stormcart/core';
import { recordAudit } from '../../service/audit-trail/audit-trail.ts';
import type { Database, Session } from '../../service/database/database.ts';
import { isDuplicateKey } from '../../service/database/failure.ts';
import { hashRecoveryCode, newRecoveryCodes } from './recovery-code.ts';
import type { SecretBox } from './secret-box.ts';
import { matchingStep } from './totp.ts';

type Enrolment =
  /** The secret is shown once; it counts for nothing until a code of it was confirmed. */
  { readonly kind: 'begun'; readonly secret: Buffer } | { readonly kind: 'alreadyOn' };

type Confirmation =
  | { readonly kind: 'confirmed'; readonly recoveryCodes: readonly string[] }
  | { readonly kind: 'wrongCode' }
  | { readonly kind: 'notBegun' };

/** A customer's authenticator app and recovery codes. Every code is taken at most once, by any replica. */
export interface SecondFactor {
  isOn(customerId: number): Promise<boolean>;
  recoveryCodesLeft(customerId: number): Promise<number>;
  begin(customerId: number): Promise<Enrolment>;
  confirm(customerId: number, code: string): Promise<Confirmation>;
  /** Whether it is right and was never used. */
  takeTotp(customerId: number, code: string): Promise<boolean>;
  takeRecovery(customerId: number, code: string): Promise<boolean>;
  /** Removes the secret and all recovery codes. */
  end(customerId: number): Promise<void>;
}

/** RFC 4226 section 4 recommends 160 bits. */
const SECRET_BYTES = 20;

interface SecretRow {
  readonly sealed: Buffer;
}

export function createSecondFactor(database: Database, box: SecretBox, clock: Clock): SecondFactor {
  return {
    isOn: async (customerId) => (await readSecret(database, customerId, 'on')) !== undefined,
    recoveryCodesLeft: async (customerId) => {
      const [row] = await database.rows<{ readonly count: number }>(
        'SELECT COUNT(*) AS count FROM recovery_code WHERE customer_id = ? AND used_at IS NULL',
        [customerId],
      );
      return row?.count ?? 0;
    },
    begin: (customerId) => begin(database, box, customerId),
    confirm: (customerId, code) => confirm(database, box, customerId, { code, wallMs: clock.wallMs() }),
    takeTotp: async (customerId, code) => {
      const row = await readSecret(database, customerId, 'on');
      if (row === undefined) return false;
      const step = matchingStep(box.open(row.sealed, String(customerId)), code, clock.wallMs());
      if (step === undefined) return false;
      // RFC 6238 section 5.2: a code must not be taken twice. Of two replicas only one moves the step forward.
      const { matched } = await database.change(
        'UPDATE totp SET last_step = ? WHERE customer_id = ? AND last_step < ? AND confirmed_at IS NOT NULL',
        [step, customerId, step],
      );
      return matched === 1;
    },
    takeRecovery: async (customerId, code) => {
      const { matched } = await database.change(
        'UPDATE recovery_code SET used_at = NOW(3) WHERE customer_id = ? AND code_hash = ? AND used_at IS NULL',
        [customerId, hashRecoveryCode(code)],
      );
      return matched === 1;
    },
    end: (customerId) =>
      database.transaction(async (session) => {
        await session.change('DELETE FROM totp WHERE customer_id = ?', [customerId]);
        await session.change('DELETE FROM recovery_code WHERE customer_id = ?', [customerId]);
        await recordAudit(session, { kind: 'security', action: 'second-factor.ended', customerId });
        return { kind: 'commit', result: undefined };
      }),
  };
}

async function begin(database: Session, box: SecretBox, customerId: number): Promise<Enrolment> {
  const secret = randomBytes(SECRET_BYTES);
  // Starting again replaces a secret that was never confirmed: the app may have lost it.
  await database.change('DELETE FROM totp WHERE customer_id = ? AND confirmed_at IS NULL', [customerId]);
  try {
    await database.change('INSERT INTO totp (customer_id, secret) VALUES (?, ?)', [
      customerId,
      box.seal(secret, String(customerId)),
    ]);
    return { kind: 'begun', secret };
  } catch (error) {
    if (isDuplicateKey(error)) return { kind: 'alreadyOn' };
    throw error;
  }
}

async function confirm(
  database: Database,
  box: SecretBox,
  customerId: number,
  { code, wallMs }: { readonly code: string; readonly wallMs: number },
): Promise<Confirmation> {
  const row = await readSecret(database, customerId, 'begun');
  if (row === undefined) return { kind: 'notBegun' };
  const step = matchingStep(box.open(row.sealed, String(customerId)), code, wallMs);
  if (step === undefined) return { kind: 'wrongCode' };
  const recoveryCodes = newRecoveryCodes();
  return database.transaction<Confirmation>(async (session) => {
    const { matched } = await session.change(
      `UPDATE totp SET confirmed_at = NOW(3), last_step = ?
       WHERE customer_id = ? AND confirmed_at IS NULL AND secret = ?`,
      [step, customerId, row.sealed],
    );
    if (matched === 0) return { kind: 'roll-back', result: { kind: 'notBegun' } };
    await session.change('DELETE FROM recovery_code WHERE customer_id = ?', [customerId]);
    await session.change(
      `INSERT INTO recovery_code (customer_id, code_hash) VALUES ${recoveryCodes.map(() => '(?, ?)').join(', ')}`,
      recoveryCodes.flatMap((recoveryCode) => [customerId, hashRecoveryCode(recoveryCode)]),
    );
    await recordAudit(session, { kind: 'security', action: 'second-factor.confirmed', customerId });
    return { kind: 'commit', result: { kind: 'confirmed', recoveryCodes } };
  });
}

async function readSecret(
  database: Session,
  customerId: number,
  state: 'on' | 'begun',
): Promise<SecretRow | undefined> {
  const [row] = await database.rows<SecretRow>(
    `SELECT secret AS sealed FROM totp
     WHERE customer_id = ? AND confirmed_at IS ${state === 'on' ? 'NOT NULL' : 'NULL'}`,
    [customerId],
  );
  return row;
}
