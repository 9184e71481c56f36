import type { SystemSwitch } from '@stormcart/core';
import type { FaultFamily } from '../fault-family.ts';
import { createWorldFault } from './world-fault.ts';

/** What the world around the system can be made to do. Which switches there are, and what they do, the system says. */
export const worldFamily: FaultFamily<SystemSwitch> = {
  targetKey: 'world',
  kindKey: 'action',
  about: 'what it does',
  kinds: {},
  kindsIn: ({ switches = [] }) => Object.assign({}, ...switches.map(({ actions }) => actions)),
  unknownTarget: 'UNKNOWN_SWITCH',
  targetsIn: ({ switches }) => switches ?? new Map(),
  create: createWorldFault,
};
