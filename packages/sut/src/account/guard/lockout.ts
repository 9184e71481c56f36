import type { Session } from '../../service/database/database.ts';
import { type Admission, admitted, limitedFor } from './admission.ts';
import { countFailure, type FailureCount } from './failure-count.ts';
import { type LockoutName, lockouts } from './figures.ts';
import { subjectKey } from './subject.ts';

/** Locks after repeated failures, the same for all replicas: the counts are rows. */
export interface Lockout {
  /**
   * Counts an attempt as failed before it is made, unless the subject is locked. Afterwards is too late: a hundred
   * guesses sent at once would all have been let in.
   */
  begin(name: LockoutName, subject: string): Promise<Admission>;
  /** The attempt was right: the subject's failures are forgotten. */
  clear(name: LockoutName, subject: string): Promise<void>;
  /** Whether the subject is locked; for one that many share, where counting ahead would lock out the innocent. */
  look(name: LockoutName, subject: string): Promise<Admission>;
  /** Counts a failure after the fact. */
  count(name: LockoutName, subject: string): Promise<void>;
}

/** Each round lost means that another attempt on the subject was counted meanwhile. */
const ROUNDS_MAX = 8;
const CROWDED: Admission = { kind: 'limited', retryAfterSeconds: 1 };

export function createLockout(database: Session): Lockout {
  return {
    begin: async (name, subject) => {
      const key = subjectKey(name, subject);
      for (let round = 0; round < ROUNDS_MAX; round += 1) {
        const count = await read(database, key);
        if (count !== undefined && count.lockedMicroseconds > 0) return limitedFor(count.lockedMicroseconds);
        if (await replace(database, name, key, count)) return admitted;
      }
      return CROWDED;
    },
    clear: async (name, subject) => {
      await database.change('DELETE FROM lockout WHERE subject = ?', [subjectKey(name, subject)]);
    },
    look: async (name, subject) => {
      const count = await read(database, subjectKey(name, subject));
      return count === undefined || count.lockedMicroseconds <= 0
        ? admitted
        : limitedFor(count.lockedMicroseconds);
    },
    count: async (name, subject) => {
      const key = subjectKey(name, subject);
      for (let round = 0; round < ROUNDS_MAX; round += 1) {
        if (await replace(database, name, key, await read(database, key))) return;
      }
    },
  };
}

async function read(database: Session, key: Buffer): Promise<FailureCount | undefined> {
  const [row] = await database.rows<FailureCount>(
    `SELECT failures, TIMESTAMPDIFF(MICROSECOND, NOW(6), locked_until) AS lockedMicroseconds,
            TIMESTAMPDIFF(SECOND, failed_at, NOW(6)) AS quietSeconds
     FROM lockout WHERE subject = ?`,
    [key],
  );
  return row;
}

/** Stores one failure more than was read; false when somebody else stored one first. */
async function replace(
  database: Session,
  name: LockoutName,
  key: Buffer,
  count: FailureCount | undefined,
): Promise<boolean> {
  const figures = lockouts[name];
  const known = count ?? { failures: 0, lockedMicroseconds: 0, quietSeconds: 0 };
  const { failures, lockSeconds } = countFailure(known, figures);
  const stored =
    count === undefined
      ? await database.change(
          `INSERT IGNORE INTO lockout (subject, failures, failed_at, locked_until, forget_at)
           VALUES (?, ?, NOW(6), NOW(6) + INTERVAL ? SECOND, NOW(6) + INTERVAL ? SECOND)`,
          [key, failures, lockSeconds, figures.forgetSeconds],
        )
      : await database.change(
          `UPDATE lockout SET failures = ?, failed_at = NOW(6), locked_until = NOW(6) + INTERVAL ? SECOND,
                  forget_at = NOW(6) + INTERVAL ? SECOND
           WHERE subject = ? AND failures = ?`,
          [failures, lockSeconds, figures.forgetSeconds, key, count.failures],
        );
  return stored.matched === 1;
}
