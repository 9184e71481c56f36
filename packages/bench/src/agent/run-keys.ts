import { QueueKeys } from 'bullmq';

/** Everything in Redis is under this. */
const PREFIX = 'stormcart';

/** The runs that still wait for agents, by when they are given up (Redis time, ms since 1970). */
export const OPEN_RUNS_KEY = `${PREFIX}:open-runs`;

/** All that a run has in Redis. No two runs share a key, so they cannot mix. */
export interface RunKeys {
  readonly prefix: string;
  readonly queue: string;
  /** What whoever shares out says to all agents. */
  readonly order: string;
  /** What agents have seen of a drill and nobody has taken yet. */
  readonly batches: string;
  /** Every key that BullMQ or we may make for it and that would stay; what ends by itself at the right time is not in here. */
  readonly lasting: readonly string[];
}

export function runKeysOf(runId: string, shareCount: number): RunKeys {
  const queue = `run-${runId}`;
  const order = `${PREFIX}:${queue}:order`;
  const batches = `${PREFIX}:${queue}:batches`;
  const bullKeys = new QueueKeys(PREFIX);
  const jobs = Array.from({ length: shareCount }, (_, index) => bullKeys.toKey(queue, jobIdOf(index)));
  return {
    prefix: PREFIX,
    queue,
    order,
    batches,
    lasting: [
      batches,
      ...Object.entries(bullKeys.getKeys(queue)).flatMap(([name, key]) =>
        ENDS_BY_ITSELF.has(name) ? [] : [key],
      ),
      ...jobs.flatMap((key) => [key, `${key}:logs`]),
    ],
  };
}

/**
 * A longer life would do harm: dead agents would keep their shares (their locks are not in any list), and nobody would
 * look for them.
 */
const ENDS_BY_ITSELF: ReadonlySet<string> = new Set(['stalled-check', 'limiter']);

/** BullMQ allows no plain number as an id of our own. */
export function jobIdOf(shareIndex: number): string {
  return `share-${shareIndex}`;
}

export function shareIndexOf(jobId: string): number {
  return Number(jobId.slice('share-'.length));
}
