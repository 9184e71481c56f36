import type { LinkFaultName } from '../fault/link/link-kinds.ts';
import { bandwidthToxic } from './bandwidth.ts';
import { corruptToxic } from './corrupt.ts';
import { downToxic } from './down.ts';
import { latencyToxic } from './latency.ts';
import { limitDataToxic } from './limit-data.ts';
import { noopToxic } from './noop.ts';
import { resetPeerToxic } from './reset-peer.ts';
import { slicerToxic } from './slicer.ts';
import { slowCloseToxic } from './slow-close.ts';
import { timeoutToxic } from './timeout.ts';
import type { Toxic } from './toxic.ts';

/** Every toxic by its `type`. `corrupt` and `down` are ours, the rest are Toxiproxy's. */
export const toxicTable: Readonly<Record<LinkFaultName, Toxic>> = {
  latency: latencyToxic,
  bandwidth: bandwidthToxic,
  slow_close: slowCloseToxic,
  timeout: timeoutToxic,
  reset_peer: resetPeerToxic,
  slicer: slicerToxic,
  limit_data: limitDataToxic,
  corrupt: corruptToxic,
  down: downToxic,
  noop: noopToxic,
};

/** Whether there is a toxic of this type. */
export function isToxicType(type: string): type is LinkFaultName {
  return Object.hasOwn(toxicTable, type);
}
