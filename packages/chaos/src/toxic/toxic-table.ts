import type { LinkFaultName } from '../fault/link/link-kinds.ts';
import { bandwidthToxic } from './bandwidth.ts';
import { downToxic } from './down.ts';
import { latencyToxic } from './latency.ts';
import { resetPeerToxic } from './reset-peer.ts';
import { timeoutToxic } from './timeout.ts';
import type { Toxic } from './toxic.ts';

/** Every toxic by its `type`. */
export const toxicTable: Readonly<Record<LinkFaultName, Toxic>> = {
  latency: latencyToxic,
  bandwidth: bandwidthToxic,
  timeout: timeoutToxic,
  reset_peer: resetPeerToxic,
  down: downToxic,
};

export const toxicTypes = Object.keys(toxicTable) as readonly LinkFaultName[];
