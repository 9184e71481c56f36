import type { MariadbStore } from '@stormcart/core';
import { mariadbServerOf, openMariadb } from '../../../store-client/mariadb-client.ts';
import {
  endMariadbSessions,
  type MariadbSessions,
  sessionsOnServer,
} from '../../../undo/end-mariadb-sessions.ts';
import type { StoreKind, StoreRequest } from '../store-kind.ts';
import type { StorePart } from '../store-part.ts';
import { countSightings } from '../tally.ts';
import { memoryStep } from '../undo-step.ts';
import { openLeasedSession } from './leased-session.ts';
import { createSessionSet } from './session-set.ts';
import { tableAttribute, tableNames } from './table-names.ts';
import { waitingStatements } from './waiting-statements.ts';

/** Somebody holds tables and does not let go, as a migration would. */
export const lockTable: StoreKind<MariadbStore> = {
  about: 'Holds tables locked: statements on them wait until it is over, or give up.',
  technologies: ['mariadb'],
  attributes: {
    table: tableAttribute,
    lock: {
      kind: 'word',
      about: 'write: nobody else may read or change the table; read: nobody may change it',
      accepted: ['write', 'read'],
      usual: 'write',
    },
  },
  create: (stores, request) => stores.map((store) => lockTablePart(store, request)),
};

/** Seconds. It waits for transactions on the table; meanwhile everybody who comes later waits behind it. */
const WAIT_SECONDS_MAX = 5;
const LOOK_EVERY_MS = 100;

function lockTablePart(store: MariadbStore, { attributes, processes }: StoreRequest): StorePart {
  const server = mariadbServerOf(store);
  const lock = attributes['lock'] === 'read' ? 'READ' : 'WRITE';
  const own = createSessionSet();
  let details: MariadbSessions | undefined;
  let felt = 0;
  const tally = countSightings(LOOK_EVERY_MS, async (signal) => {
    const [control] = own.all;
    return control === undefined ? [] : waitingStatements(control, own.all, signal);
  });
  return {
    apply: async ({ forMs, signal, journal }) => {
      const control = own.add(await openMariadb(server, signal));
      const tables = await tableNames(store, String(attributes['table']), control, signal);
      const holder = own.add(await openLeasedSession(server, forMs, signal));
      details = await sessionsOnServer(server, control, own.all, signal);
      await journal(await memoryStep('end-mariadb-sessions', details, store, processes));
      await tally.begin(signal);
      await holder.rows('SET SESSION lock_wait_timeout = ?', [WAIT_SECONDS_MAX], signal);
      const names = tables.flatMap((table) => [store.database, table]);
      await holder.rows(`LOCK TABLES ${tables.map(() => `??.?? ${lock}`).join(', ')}`, names, signal);
    },
    revert: async (signal) => {
      felt = Math.max(felt, await tally.end(signal));
      own.close();
    },
    isGone: async (signal) => details === undefined || endMariadbSessions.isGone(details, signal),
    hits: () => felt,
  };
}
