export { type Clock, systemClock } from './clock/clock.ts';
export { ManualClock } from './clock/manual-clock.ts';
export {
  AppError,
  type AppErrorOptions,
  type FailureKind,
  messageOf,
  systemCodeOf,
} from './error/app-error.ts';
export type { BodyFraming } from './http1/body-framing.ts';
export { type HeaderField, HeaderList } from './http1/header-list.ts';
export { Http1Error, type Http1ErrorCode } from './http1/http1-error.ts';
export { defaultHttp1Limits, type Http1Limits } from './http1/http1-limits.ts';
export type { MessageHead, MessageKind, RequestHead, ResponseHead } from './http1/message-head.ts';
export { type MessagePart, MessageReader, type MessageSink } from './http1/message-reader.ts';
export { leasePort, type PortLease, tryLease } from './ports/port-lease.ts';
export { createRandom, type Random } from './random/random.ts';
export { createZipf, ZIPF_EXPONENT_MAX } from './random/zipf.ts';
export { createRetryBudget, type RetryBudget, type RetryBudgetFigures } from './retry/retry-budget.ts';
export type { ChildExit } from './supervise/child.ts';
export { acceptsConnections, pollUntil } from './supervise/poll.ts';
export { isAlive, pidsOfRun, processIdentity, RUN_MARK, signalTree } from './supervise/process-table.ts';
export type {
  ChildEvent,
  ChildState,
  SupervisedChild,
  SupervisedSpec,
} from './supervise/supervised-life.ts';
export { createSupervisor, type Supervisor } from './supervise/supervisor.ts';
export type {
  Attribute,
  AttributeValue,
  AttributeValues,
  CountAttribute,
  QuantityAttribute,
  TextAttribute,
  WordAttribute,
} from './system/attribute.ts';
export {
  FAULT_MESSAGE_ACTION,
  type FaultMessage,
  type Operation,
  type OperationOutcome,
} from './system/history.ts';
export type { Finding, Invariant, InvariantAnswer, InvariantResult } from './system/invariant.ts';
export type {
  Journey,
  OperationSpec,
  Reply,
  RequestOutcome,
  RequestSpec,
  Visit,
} from './system/journey.ts';
export { type Address, type Link, type LinkProtocol, linkOf, matchNames } from './system/link.ts';
export type { JourneyShare, SharedJourneys } from './system/shared-journeys.ts';
export type {
  MariadbStore,
  RabbitmqControl,
  RabbitmqStore,
  RedisStore,
  StoreAccount,
  StoreDescription,
  StoreTechnology,
  SystemStore,
} from './system/store.ts';
export type { SwitchAction, SwitchDescription, SwitchedOn, SystemSwitch } from './system/switch.ts';
export type { SystemModule } from './system/system-module.ts';
export type {
  BootContext,
  BreakerObservation,
  CertificateAuthority,
  ClientExchange,
  DrainResult,
  JourneyDescription,
  MixDescription,
  ProcessObservation,
  Requirement,
  RunningSystem,
  SystemConfig,
  SystemDescription,
  SystemObservation,
  SystemOptions,
  SystemProcess,
  SystemUnderTest,
} from './system/system-under-test.ts';
export { bandwidth } from './units/bandwidth.ts';
export { bytes } from './units/bytes.ts';
export { duration } from './units/duration.ts';
export { rate } from './units/rate.ts';
export { share } from './units/share.ts';
export { timeShift } from './units/time-shift.ts';
export type { Unit } from './units/unit.ts';
