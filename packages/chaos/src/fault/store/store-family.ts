import type { SystemStore } from '@stormcart/core';
import type { FaultFamily } from '../fault-family.ts';
import { createStoreFault } from './store-fault.ts';
import { storeFaultKinds } from './store-kinds.ts';

/** What can happen inside a store, over its own protocol. */
export const storeFamily: FaultFamily<SystemStore> = {
  targetKey: 'store',
  kindKey: 'action',
  about: 'what happens to the store',
  kinds: storeFaultKinds,
  unknownTarget: 'UNKNOWN_STORE',
  targetsIn: ({ stores }) => stores,
  create: createStoreFault,
};
