export type { Attribute, FaultKind } from './fault/attribute.ts';
export { type LinkFaultName, linkFaultKinds } from './fault/link-kinds.ts';
export { type ProcessFaultName, processFaultKinds } from './fault/process-kinds.ts';
