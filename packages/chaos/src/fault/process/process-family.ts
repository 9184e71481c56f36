import type { SystemProcess } from '@stormcart/core';
import type { FaultFamily } from '../fault-family.ts';
import { createProcessFault } from './process-fault.ts';
import { processFaultKinds } from './process-kinds.ts';

/** What can happen to a process. */
export const processFamily: FaultFamily<SystemProcess> = {
  targetKey: 'process',
  kindKey: 'action',
  about: 'what happens to the process',
  kinds: processFaultKinds,
  unknownTarget: 'UNKNOWN_PROCESS',
  targetsIn: ({ processes }) => processes,
  create: createProcessFault,
};
