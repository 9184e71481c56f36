export { ChaosError, type ChaosErrorCode } from './chaos-error.ts';
export type { Attribute, AttributeValue, AttributeValues, FaultKind } from './fault/attribute.ts';
export { createFault } from './fault/create-fault.ts';
export type { Fault, Lease } from './fault/fault.ts';
export type { FaultFamily, FaultOffers, FaultSpec, FaultTargets } from './fault/fault-family.ts';
export { type FamilyName, faultFamilies, faultKind, faultKinds } from './fault/fault-table.ts';
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
