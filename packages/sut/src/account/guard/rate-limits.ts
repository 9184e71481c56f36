import type { Session } from '../../service/database/database.ts';
import { type Admission, admitted, limitedFor } from './admission.ts';
import { type RateLimitFigures, type RateLimitName, rateLimits as table } from './figures.ts';
import { subjectKey } from './subject.ts';

/** Rate limits that hold across replicas, because the buckets are rows and the database's clock is the only one. */
export interface RateLimits {
  /** Takes one from the subject's bucket, or says when there will be one. */
  take(name: RateLimitName, subject: string): Promise<Admission>;
}

/** In microseconds: what one request costs, and how far ahead of time a burst may run. */
interface Bucket {
  readonly cost: number;
  readonly ahead: number;
}

/** A row appears or moves between two statements of ours only when others are at it: a few rounds settle it. */
const ROUNDS_MAX = 5;
const CROWDED: Admission = { kind: 'limited', retryAfterSeconds: 1 };

/** The generic cell rate algorithm (ITU-T I.371): one time per bucket says everything about it. */
export function bucketOf({ burst, perSecond }: RateLimitFigures): Bucket {
  const cost = Math.round(1_000_000 / perSecond);
  return { cost, ahead: cost * (burst - 1) };
}

export function createRateLimits(database: Session): RateLimits {
  return {
    take: async (name, subject) => {
      const key = subjectKey(name, subject);
      const bucket = bucketOf(table[name]);
      for (let round = 0; round < ROUNDS_MAX; round += 1) {
        if (await takeFrom(database, key, bucket)) return admitted;
        const waitMicroseconds = await readWait(database, key, bucket);
        if (waitMicroseconds === undefined) {
          if (await open(database, key, bucket)) return admitted;
        } else if (waitMicroseconds > 0) {
          return limitedFor(waitMicroseconds);
        }
      }
      return CROWDED;
    },
  };
}

/** One conditional statement decides, so that two replicas cannot both take the last one. */
async function takeFrom(database: Session, key: Buffer, { cost, ahead }: Bucket): Promise<boolean> {
  const { matched } = await database.change(
    `UPDATE rate_limit SET due_at = GREATEST(due_at, NOW(6)) + INTERVAL ? MICROSECOND
     WHERE bucket = ? AND due_at <= NOW(6) + INTERVAL ? MICROSECOND`,
    [cost, key, ahead],
  );
  return matched === 1;
}

async function readWait(database: Session, key: Buffer, { ahead }: Bucket): Promise<number | undefined> {
  const [row] = await database.rows<{ readonly waitMicroseconds: number }>(
    `SELECT TIMESTAMPDIFF(MICROSECOND, NOW(6) + INTERVAL ? MICROSECOND, due_at) AS waitMicroseconds
     FROM rate_limit WHERE bucket = ?`,
    [ahead, key],
  );
  return row?.waitMicroseconds;
}

async function open(database: Session, key: Buffer, { cost }: Bucket): Promise<boolean> {
  const { matched } = await database.change(
    'INSERT IGNORE INTO rate_limit (bucket, due_at) VALUES (?, NOW(6) + INTERVAL ? MICROSECOND)',
    [key, cost],
  );
  return matched === 1;
}
