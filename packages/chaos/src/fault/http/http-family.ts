import { httpFaultTable } from '../../http-fault/http-fault-table.ts';
import type { FaultFamily } from '../fault-family.ts';
import { createHttpFault } from './http-fault.ts';

/** What can happen to the requests and answers on a link that carries plain HTTP. Its targets are names of forwarders. */
export const httpFamily: FaultFamily<string> = {
  targetKey: 'link',
  kindKey: 'http',
  linkProtocol: 'http',
  about: 'what happens to requests and answers on the link',
  kinds: httpFaultTable,
  unknownTarget: 'UNKNOWN_LINK',
  targetsIn: ({ httpProxies }) => httpProxies ?? new Map(),
  create: createHttpFault,
};
