import type { MariadbStore, RabbitmqStore } from '@stormcart/core';
import { killStore } from './kill-store.ts';
import type { StoreKind } from './store-kind.ts';

/** The process of one node dies; whoever supervises it starts it again. */
export const killNode: StoreKind<MariadbStore | RabbitmqStore> = {
  about: 'SIGKILL to the process of the store; whoever supervises it starts it again.',
  technologies: ['mariadb', 'rabbitmq'],
  attributes: {},
  create: (stores, request) => stores.map((store) => killStore(async () => store, 'kill_node', request)),
};
