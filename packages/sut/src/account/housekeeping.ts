import type { Clock } from '@stormcart/core';
import type { Logger } from 'pino';
import type { Session } from '../service/database/database.ts';
import {
  type PollingFigures,
  type PollingLoop,
  startPolling,
  type Turn,
} from '../service/loop/polling-loop.ts';

/** A minute's rows of a busy shop are some thousands; each replica takes its turn. */
const PAUSE_MS = 60_000;
const figures: PollingFigures = {
  idleMs: PAUSE_MS,
  moreMs: PAUSE_MS,
  failureMs: { first: PAUSE_MS, longest: PAUSE_MS },
};
/** Few enough that the statement is over before anybody waits for one of its rows. */
const ROWS_MAX = 1_000;

/** What has run out and means nothing any more: a full bucket is as good as none, a forgotten failure too. */
const expired = {
  session: 'expires_at < NOW(3)',
  login_challenge: 'expires_at < NOW(3)',
  rate_limit: 'due_at < NOW(6)',
  lockout: 'forget_at < NOW(6) AND locked_until < NOW(6)',
} as const;

/** Removes what has expired, once a minute, until closed. Nothing depends on it but space. */
export function startHousekeeping(database: Session, clock: Clock, log: Logger): PollingLoop {
  return startPolling(() => sweep(database), {
    figures,
    clock,
    log,
    failure: 'expired rows stay for another minute',
  });
}

async function sweep(database: Session): Promise<Turn> {
  for (const [table, condition] of Object.entries(expired)) {
    await database.change(`DELETE FROM ${table} WHERE ${condition} LIMIT ${ROWS_MAX}`);
  }
  return 'nothing';
}
