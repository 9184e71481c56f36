export { ChaosError, type ChaosErrorCode } from './chaos-error.ts';
export type { Attribute, AttributeValue, AttributeValues, FaultKind } from './fault/attribute.ts';
export { createFault } from './fault/create-fault.ts';
export type { Fault, Lease } from './fault/fault.ts';
export type { FaultFamily, FaultOffers, FaultSpec, FaultTargets } from './fault/fault-family.ts';
export type { FaultOperation } from './fault/fault-operation.ts';
export { type FamilyName, faultFamilies, faultKind, faultKinds } from './fault/fault-table.ts';
export { type StoreMisfit, storeMisfit } from './fault/store/store-misfit.ts';
export type { FaultJournal, NewEntry, TakenOver } from './journal/fault-journal.ts';
export { createJournal, type JournalFile } from './journal/journal-file.ts';
export type { JournalRecord } from './journal/journal-record.ts';
export { type Settlement, settleJournal } from './journal/settle-journal.ts';
export type { ToxicHits } from './proxy/active-toxic.ts';
export { parseAddress } from './proxy/address.ts';
export type { ProxyJson, ToxicJson } from './proxy/api/wire.ts';
export {
  type FaultProxy,
  type FaultProxyOptions,
  startFaultProxy,
  type ToxicSpec,
} from './proxy/fault-proxy.ts';
export type { ProxyEvent } from './proxy/proxy-event.ts';
export {
  type FaultProxyServer,
  type FaultProxyServerOptions,
  serveFaultProxy,
} from './proxy/serve-fault-proxy.ts';
export type { FaultEvent, FaultRecord, UnrevertedFault } from './session/fault-record.ts';
export { createFaultSession, type FaultSession, type FaultSessionOptions } from './session/fault-session.ts';
export type { FaultLimits } from './session/injection.ts';
export { openStorePulse, type StorePulse } from './store-client/store-pulse.ts';
export type { UndoStep } from './undo/undo.ts';
export { type FaultGuard, type FaultGuardOptions, openFaultGuard } from './watchdog/fault-guard.ts';
export { usualWatchdogLimits, type WatchdogLimits } from './watchdog/watchdog-wire.ts';
