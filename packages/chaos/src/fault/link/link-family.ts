import type { FaultFamily } from '../fault-family.ts';
import { createLinkFault } from './link-fault.ts';
import { linkFaultKinds } from './link-kinds.ts';

/** What can happen to the bytes of a link. Its targets are names of proxies. */
export const linkFamily: FaultFamily<string> = {
  targetKey: 'link',
  kindKey: 'toxic',
  about: 'what happens to the link',
  kinds: linkFaultKinds,
  unknownTarget: 'UNKNOWN_LINK',
  targetsIn: ({ proxies }) => proxies,
  create: createLinkFault,
};
