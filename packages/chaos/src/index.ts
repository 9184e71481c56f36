export { ChaosError, type ChaosErrorCode } from './chaos-error.ts';
export type { Attribute, FaultKind } from './fault/attribute.ts';
export { createFault, type FaultSpec, type FaultTargets } from './fault/create-fault.ts';
export type { Fault } from './fault/fault.ts';
export { type LinkFaultName, linkFaultKinds } from './fault/link-kinds.ts';
export { type ProcessFaultName, processFaultKinds } from './fault/process-kinds.ts';
export type { ToxicHits } from './proxy/active-toxic.ts';
export {
  type FaultProxy,
  type FaultProxyOptions,
  startFaultProxy,
  type ToxicSpec,
} from './proxy/fault-proxy.ts';
export type { ToxicJson } from './proxy/wire.ts';
export type { FaultEvent, FaultRecord, UnrevertedFault } from './session/fault-record.ts';
export { createFaultSession, type FaultSession, type FaultSessionOptions } from './session/fault-session.ts';
export type { FaultLimits } from './session/injection.ts';
