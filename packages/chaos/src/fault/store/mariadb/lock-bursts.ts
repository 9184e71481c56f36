import { systemClock } from '@stormcart/core';
import type { MariadbSession } from '../../../store-client/mariadb-client.ts';
import { settleAll } from '../../settle-all.ts';
import { waitingStatements } from './waiting-statements.ts';

/** A table and the session that locks it, and no other. */
export interface TableLock {
  readonly table: string;
  readonly holder: MariadbSession;
}

export interface LockBurstsOptions {
  /** Looks on. */
  readonly control: MariadbSession;
  readonly locks: readonly TableLock[];
  readonly database: string;
  readonly delayMs: number;
  /** Between bursts. */
  readonly pauseMs: number;
}

export interface LockBursts {
  /** Statements that were found waiting at the end of a burst. */
  delayedCount(): number;
  /** Ends them, and waits until nothing is locked. */
  stop(): Promise<void>;
}

/** Seconds; the least that MariaDB knows. A transaction that holds a table for longer is not waited for. */
const WAIT_SECONDS_MAX = 1;
/** A server that answers takes milliseconds; a frozen one must not hold up the end of the fault. */
const ANSWER_MS_MAX = 1_000;

/**
 * Locks all tables for a while, lets go for a while, and so on, the first time now.
 *
 * Each table is locked by a session of its own, and they queue up one after the other: while a session waits for its
 * table everybody who comes later waits behind it, and with two of them waiting, two transactions that need both
 * tables could each stand behind the other. With one that waits, and holds nothing meanwhile, nobody can.
 */
export function startLockBursts({
  control,
  locks,
  database,
  delayMs,
  pauseMs,
}: LockBurstsOptions): LockBursts {
  const over = new AbortController();
  const { signal } = over;
  const own = [control, ...locks.map(({ holder }) => holder)];
  let delayed = 0;
  let before: ReadonlySet<string> = new Set();
  const pause = (ms: number): Promise<void> => systemClock.sleep(ms, signal).catch(() => undefined);

  const lockAll = async (untilMs: number): Promise<readonly MariadbSession[]> => {
    const locked: MariadbSession[] = [];
    for (const { table, holder } of locks) {
      if (signal.aborted || systemClock.now() >= untilMs) break;
      const sql = `LOCK TABLES ??.?? WRITE WAIT ${WAIT_SECONDS_MAX}`;
      // One that timed out behind a long transaction is spared this time.
      const isLocked = await holder.rows(sql, [database, table], signal).then(
        () => true,
        () => false,
      );
      if (isLocked) locked.push(holder);
    }
    return locked;
  };

  const burst = async (): Promise<void> => {
    const untilMs = systemClock.now() + delayMs;
    const locked = await lockAll(untilMs);
    await pause(untilMs - systemClock.now());
    // Whoever came in this burst is still there: nobody gets past a lock.
    const soon = AbortSignal.timeout(ANSWER_MS_MAX);
    const waiting = new Set(await waitingStatements(control, own, soon).catch(() => []));
    for (const statement of waiting) if (!before.has(statement)) delayed += 1;
    before = waiting;
    await settleAll(locked.map((holder) => holder.rows('UNLOCK TABLES', [], soon)));
  };

  const run = async (): Promise<void> => {
    while (!signal.aborted && !own.some((session) => session.hasEnded())) {
      // What a burst could not unlock is unlocked when its session ends.
      await burst().catch(() => undefined);
      await pause(pauseMs);
    }
  };
  const ended = run();
  return {
    delayedCount: () => delayed,
    stop: () => {
      over.abort(new Error('the fault is over'));
      return ended;
    },
  };
}
