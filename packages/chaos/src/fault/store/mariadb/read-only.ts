import type { MariadbStore } from '@stormcart/core';
import { ChaosError } from '../../../chaos-error.ts';
import { globalVariable, mariadbServerOf, withMariadb } from '../../../store-client/mariadb-client.ts';
import { restoreMariadbVariable } from '../../../undo/restore-mariadb-variable.ts';
import { settingPart } from '../setting-part.ts';
import type { StoreKind, StoreRequest } from '../store-kind.ts';
import type { StorePart } from '../store-part.ts';
import { countGrowth } from '../tally.ts';
import { refusedStatements } from './refused-statements.ts';

/** The database takes no changes, as after a failover that went wrong or on a disk that is full. */
export const readOnly: StoreKind<MariadbStore> = {
  about: 'Every change by an account without SUPER is refused (error 1290); reads go on.',
  technologies: ['mariadb'],
  attributes: {},
  create: (stores, request) => stores.map((store) => readOnlyPart(store, request)),
};

/**
 * Seconds. It waits for locked tables, and holds up whoever comes after it. Shorter than what a watchdog takes to notice
 * that its controller is dead: what a dead controller asked for is done, or given up, before it is undone.
 */
const WAIT_SECONDS_MAX = 1;

function readOnlyPart(store: MariadbStore, { processes }: StoreRequest): StorePart {
  const server = mariadbServerOf(store);
  return settingPart({
    store,
    processes,
    setting: 'read_only',
    kind: 'restore-mariadb-variable',
    undo: restoreMariadbVariable,
    read: (signal) =>
      withMariadb(server, signal, async (session) => {
        const value = await globalVariable(session, 'read_only', signal);
        if (value !== undefined) return { server, name: 'read_only', value };
        throw new ChaosError({
          kind: 'environment',
          code: 'STORE_REFUSED',
          message: `${store.name} has no variable read_only`,
        });
      }),
    change: (signal) =>
      withMariadb(server, signal, async (session) => {
        await session.rows('SET SESSION lock_wait_timeout = ?', [WAIT_SECONDS_MAX], signal);
        await session.rows('SET GLOBAL read_only = ON', [], signal);
      }),
    tally: countGrowth((signal) =>
      withMariadb(server, signal, (session) => refusedStatements(session, signal)),
    ),
  });
}
