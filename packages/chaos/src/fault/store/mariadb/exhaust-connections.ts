import type { MariadbStore } from '@stormcart/core';
import { ChaosError } from '../../../chaos-error.ts';
import {
  errnoOf,
  globalStatus,
  globalVariable,
  type MariadbSession,
  mariadbServerOf,
  openMariadb,
} from '../../../store-client/mariadb-client.ts';
import {
  endMariadbSessions,
  type MariadbSessions,
  sessionsOnServer,
} from '../../../undo/end-mariadb-sessions.ts';
import { settleAll } from '../../settle-all.ts';
import type { StoreKind, StoreRequest } from '../store-kind.ts';
import type { StorePart } from '../store-part.ts';
import { countGrowth } from '../tally.ts';
import { memoryStep } from '../undo-step.ts';
import { openLeasedSession } from './leased-session.ts';
import { createSessionSet } from './session-set.ts';

/** Somebody leaks connections: whoever has one keeps it, whoever needs a new one is refused. */
export const exhaustConnections: StoreKind<MariadbStore> = {
  about: 'Takes all free connections: new ones are refused (error 1040), those that are open go on.',
  technologies: ['mariadb'],
  attributes: {
    leave: { kind: 'count', about: 'how many stay free', min: 0, max: 1_000, usual: 0 },
  },
  create: (stores, request) => stores.map((store) => exhaustPart(store, request)),
};

/** Each one is a socket here and a thread there: a server that allows more cannot be filled decently. */
const OPENED_MAX = 1_000;
/** Enough to fill 150 places within half a second. */
const AT_ONCE = 16;
/** ER_CON_COUNT_ERROR */
const TOO_MANY_CONNECTIONS = 1040;

function exhaustPart(store: MariadbStore, { attributes, processes }: StoreRequest): StorePart {
  const server = mariadbServerOf(store);
  const own = createSessionSet();
  let details: MariadbSessions | undefined;
  let felt = 0;
  const tally = countGrowth(async (signal) => {
    const [control] = own.all;
    // MariaDB counts a refusal as a connection that was broken off before it was one.
    return control === undefined ? 0 : Number(await globalStatus(control, 'Aborted_connects', signal));
  });
  const open = async (forMs: number, signal: AbortSignal): Promise<void> => {
    try {
      own.add(await openLeasedSession(server, forMs, signal));
    } catch (error) {
      // Somebody else was quicker: it is as full as it was to be.
      if (errnoOf(error) !== TOO_MANY_CONNECTIONS) throw error;
    }
  };
  return {
    apply: async ({ forMs, signal, journal }) => {
      const control = own.add(await openMariadb(server, signal));
      const count = await freePlaces(store, control, Number(attributes['leave']), signal);
      // All but the last hold up nobody, so that everything is written down before somebody is refused.
      for (let left = count - 1; left > 0; left -= AT_ONCE) {
        const some = Array.from({ length: Math.min(left, AT_ONCE) }, () => open(forMs, signal));
        await settleAll(some);
      }
      const write = async (): Promise<void> => {
        details = await sessionsOnServer(server, control, own.all, signal);
        await journal(await memoryStep('end-mariadb-sessions', details, store, processes));
      };
      await write();
      await tally.begin(signal);
      if (count <= 0) return;
      await open(forMs, signal);
      // Once more with the last one: it holds up nobody when the others are gone, but it must not stay either.
      await write();
    },
    revert: async (signal) => {
      felt = Math.max(felt, await tally.end(signal));
      own.close();
    },
    isGone: async (signal) => details === undefined || endMariadbSessions.isGone(details, signal),
    hits: () => felt,
  };
}

async function freePlaces(
  { name }: MariadbStore,
  control: MariadbSession,
  leave: number,
  signal: AbortSignal,
): Promise<number> {
  const most = Number(await globalVariable(control, 'max_connections', signal));
  const taken = Number(await globalStatus(control, 'Threads_connected', signal));
  const free = most - taken - leave;
  if (free <= OPENED_MAX) return free;
  throw new ChaosError({
    kind: 'usage',
    code: 'BAD_FAULT',
    message: `${name} has ${free} free connections (max_connections ${most}); at most ${OPENED_MAX} are opened to take them`,
  });
}
