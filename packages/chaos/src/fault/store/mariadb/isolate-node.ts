import { type MariadbStore, pollUntil } from '@stormcart/core';
import { ChaosError } from '../../../chaos-error.ts';
import {
  globalStatus,
  globalVariable,
  type MariadbServer,
  mariadbServerOf,
  withMariadb,
} from '../../../store-client/mariadb-client.ts';
import { rejoinGaleraNode } from '../../../undo/rejoin-galera-node.ts';
import { settingPart } from '../setting-part.ts';
import type { StoreKind, StoreRequest } from '../store-kind.ts';
import type { StorePart } from '../store-part.ts';
import type { Tally } from '../tally.ts';

/** A node of a Galera cluster hears the others no more, as behind a broken switch. */
export const isolateNode: StoreKind<MariadbStore> = {
  about:
    'Cuts a Galera node off from the others: it refuses statements (error 1047) until it has joined again.',
  technologies: ['mariadb'],
  needsCluster: 'there is nobody to be cut off from',
  attributes: {},
  create: (stores, request) => stores.map((store) => isolatePart(store, request)),
};

const READY_EVERY_MS = 100;

function isolatePart(store: MariadbStore, { processes }: StoreRequest): StorePart {
  const server = mariadbServerOf(store);
  let isCutOff = false;
  // Whether anybody asked this node meanwhile or not, the cluster lost it.
  const tally: Tally = { begin: async () => undefined, end: async () => (isCutOff ? 1 : 0) };
  return settingPart({
    store,
    processes,
    setting: 'gmcast.isolate',
    kind: 'rejoin-galera-node',
    undo: rejoinGaleraNode,
    read: (signal) => readNode(store, server, signal),
    change: async (signal) => {
      await withMariadb(server, signal, (session) =>
        session.rows("SET GLOBAL wsrep_provider_options = 'gmcast.isolate=1'", [], signal),
      );
    },
    confirm: async (signal) => {
      await withMariadb(server, signal, (session) =>
        pollUntil(async () => (await globalStatus(session, 'wsrep_ready', signal)) === 'OFF', {
          everyMs: READY_EVERY_MS,
          signal,
        }),
      );
      isCutOff = true;
    },
    tally,
  });
}

async function readNode(
  store: MariadbStore,
  server: MariadbServer,
  signal: AbortSignal,
): Promise<{ readonly server: MariadbServer }> {
  const isNode = await withMariadb(
    server,
    signal,
    async (session) =>
      (await globalVariable(session, 'wsrep_on', signal)) === 'ON' &&
      (await globalStatus(session, 'wsrep_ready', signal)) === 'ON',
  );
  if (isNode) return { server };
  throw new ChaosError({
    kind: 'environment',
    code: 'STORE_REFUSED',
    message: `${store.name} is not a working node of a Galera cluster (wsrep_ready is not ON)`,
  });
}
