import { duration, type MariadbStore, share } from '@stormcart/core';
import { mariadbServerOf, openMariadb } from '../../../store-client/mariadb-client.ts';
import {
  endMariadbSessions,
  type MariadbSessions,
  sessionsOnServer,
} from '../../../undo/end-mariadb-sessions.ts';
import type { StoreKind, StoreRequest } from '../store-kind.ts';
import type { StorePart } from '../store-part.ts';
import { memoryStep } from '../undo-step.ts';
import { openLeasedSession } from './leased-session.ts';
import { type LockBursts, startLockBursts, type TableLock } from './lock-bursts.ts';
import { createSessionSet } from './session-set.ts';
import { tableAttribute, tableNames } from './table-names.ts';

/** Statements take longer inside the server, as behind somebody who locks what they need again and again. */
export const slowQueries: StoreKind<MariadbStore> = {
  about: 'Locks tables in bursts: a statement that comes in one waits for the rest of it.',
  technologies: ['mariadb'],
  attributes: {
    delay: {
      kind: 'quantity',
      about: 'length of a burst: the longest that a statement waits, and twice of what it waits on average',
      unit: duration,
      min: 5,
      max: 60_000,
    },
    share: {
      kind: 'quantity',
      about: 'how much of the time is bursts: the share of statements that wait',
      unit: share,
      min: 0.01,
      max: 0.99,
      usual: 0.5,
    },
    table: { ...tableAttribute, usual: '*' },
  },
  create: (stores, request) => stores.map((store) => slowQueriesPart(store, request)),
};

function slowQueriesPart(store: MariadbStore, { attributes, processes }: StoreRequest): StorePart {
  const server = mariadbServerOf(store);
  const delayMs = Number(attributes['delay']);
  const pauseMs = delayMs / Number(attributes['share']) - delayMs;
  const own = createSessionSet();
  let details: MariadbSessions | undefined;
  let bursts: LockBursts | undefined;
  return {
    apply: async ({ signal, journal }) => {
      const control = own.add(await openMariadb(server, signal));
      const tables = await tableNames(store, String(attributes['table']), control, signal);
      const locks: TableLock[] = [];
      for (const table of tables) {
        const holder = own.add(await openLeasedSession(server, delayMs + pauseMs, signal));
        locks.push({ table, holder });
      }
      details = await sessionsOnServer(server, control, own.all, signal);
      await journal(await memoryStep('end-mariadb-sessions', details, store, processes));
      signal.throwIfAborted();
      bursts = startLockBursts({ control, locks, database: store.database, delayMs, pauseMs });
    },
    revert: async () => {
      await bursts?.stop();
      own.close();
    },
    isGone: async (signal) => details === undefined || endMariadbSessions.isGone(details, signal),
    hits: () => bursts?.delayedCount() ?? 0,
  };
}
