import type { SystemProcess } from '@stormcart/core';
import { ChaosError, type ChaosErrorCode } from '../chaos-error.ts';
import type { FaultProxy } from '../proxy/fault-proxy.ts';
import type { Attribute, FaultKind } from './attribute.ts';
import type { Fault } from './fault.ts';
import { createLinkFault } from './link-fault.ts';
import { type LinkFaultName, linkFaultKinds } from './link-kinds.ts';
import { createProcessFault } from './process-fault.ts';
import { type ProcessFaultName, processFaultKinds } from './process-kinds.ts';

/** A fault as a scenario asks for it. Attributes are in the base units of their `FaultKind`. */
export type FaultSpec =
  | {
      readonly kind: 'link';
      readonly id: string;
      readonly links: readonly string[];
      readonly toxic: LinkFaultName;
      readonly attributes: Readonly<Record<string, number>>;
      /** Upstream: what the link's `from` sends. */
      readonly direction: 'upstream' | 'downstream' | 'both';
      /** Share of connections, above 0 and up to 1. */
      readonly share: number;
    }
  | {
      readonly kind: 'process';
      readonly id: string;
      readonly processes: readonly string[];
      readonly action: ProcessFaultName;
      readonly attributes: Readonly<Record<string, number>>;
    };

type LinkSpec = Extract<FaultSpec, { kind: 'link' }>;
type ProcessSpec = Extract<FaultSpec, { kind: 'process' }>;

/** What there is to break in the running system. */
export interface FaultTargets {
  /** Proxy by link. */
  readonly proxies: ReadonlyMap<string, string>;
  /** Undefined when no link has a proxy in it. */
  readonly faultProxy: FaultProxy | undefined;
  readonly processes: ReadonlyMap<string, SystemProcess>;
}

type Factories = {
  readonly [Kind in FaultSpec['kind']]: (
    spec: Extract<FaultSpec, { kind: Kind }>,
    targets: FaultTargets,
  ) => Fault;
};

/** Every family of faults. */
const factoryTable: Factories = { link: linkFault, process: processFault };

/** Makes the fault; nothing is broken yet. Throws a `ChaosError` of kind 'usage' that names the accepted values. */
export function createFault(spec: FaultSpec, targets: FaultTargets): Fault {
  return spec.kind === 'link' ? factoryTable.link(spec, targets) : factoryTable.process(spec, targets);
}

function linkFault(spec: LinkSpec, { proxies, faultProxy }: FaultTargets): Fault {
  const { id, toxic, direction, share } = spec;
  const kind = kindOf(id, 'toxic', toxic, linkFaultKinds);
  if (!(share > 0 && share <= 1)) throw badFault(id, `share is ${share}`, 'above 0 and up to 1');
  if (toxic === 'down' && share < 1)
    throw badFault(id, `share is ${share}`, '1 for down: a listener is closed for all');
  const links = [...new Set(spec.links)];
  const onProxies = lookUp(id, 'link', links, proxies, 'UNKNOWN_LINK');
  if (faultProxy === undefined) throw badFault(id, 'its links have no fault proxy', 'links with one');
  return createLinkFault({
    id,
    toxic,
    links,
    proxies: onProxies,
    attributes: attributesOf(id, kind, spec.attributes),
    direction,
    share,
    faultProxy,
  });
}

function processFault({ id, action, attributes, ...spec }: ProcessSpec, { processes }: FaultTargets): Fault {
  attributesOf(id, kindOf(id, 'action', action, processFaultKinds), attributes);
  return createProcessFault(
    id,
    action,
    lookUp(id, 'process', [...new Set(spec.processes)], processes, 'UNKNOWN_PROCESS'),
  );
}

function kindOf(
  id: string,
  key: string,
  name: string,
  kinds: Readonly<Record<string, FaultKind>>,
): FaultKind {
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (kind !== undefined) return kind;
  throw usage('UNKNOWN_FAULT_KIND', `fault ${id}: unknown ${key} ${name}`, Object.keys(kinds));
}

function lookUp<Target>(
  id: string,
  what: string,
  names: readonly string[],
  targets: ReadonlyMap<string, Target>,
  code: ChaosErrorCode,
): readonly Target[] {
  if (names.length === 0) throw badFault(id, `it names no ${what}`, 'at least one');
  return names.map((name) => {
    const target = targets.get(name);
    if (target === undefined) throw usage(code, `fault ${id}: unknown ${what} ${name}`, [...targets.keys()]);
    return target;
  });
}

/** The given attributes checked against their kind, the usual values filled in. */
function attributesOf(
  id: string,
  kind: FaultKind,
  given: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const accepted = Object.keys(kind.attributes);
  for (const name of Object.keys(given)) {
    if (!accepted.includes(name))
      throw usage('BAD_FAULT', `fault ${id}: unknown attribute ${name}`, accepted);
  }
  return Object.fromEntries(
    Object.entries(kind.attributes).map(([name, attribute]) => [name, valueOf(id, name, attribute, given)]),
  );
}

function valueOf(
  id: string,
  name: string,
  { unit, min, max, usual }: Attribute,
  given: Readonly<Record<string, number>>,
): number {
  const value = given[name] ?? usual;
  if (value === undefined) throw badFault(id, `${name} is missing`, unit.example);
  if (value >= min && value <= max) return value;
  throw badFault(id, `${name} is ${value}`, `${unit.format(min)} to ${unit.format(max)}`);
}

function badFault(id: string, problem: string, accepted: string): ChaosError {
  return usage('BAD_FAULT', `fault ${id}: ${problem}`, [accepted]);
}

function usage(code: ChaosErrorCode, message: string, accepted: readonly string[]): ChaosError {
  return new ChaosError({
    kind: 'usage',
    code,
    message,
    hint: accepted.length === 0 ? 'Accepted: none.' : `Accepted: ${accepted.join(', ')}.`,
    details: { accepted },
  });
}
