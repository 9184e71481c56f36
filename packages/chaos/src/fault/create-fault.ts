import { ChaosError, type ChaosErrorCode } from '../chaos-error.ts';
import type { FaultKind } from './attribute.ts';
import { completeAttributes } from './complete-attributes.ts';
import type { Fault } from './fault.ts';
import type { FaultFamily, FaultSpec, FaultTargets } from './fault-family.ts';
import { faultFamilies, faultKinds } from './fault-table.ts';

/** Makes the fault; nothing is broken yet. Throws a `ChaosError` of kind 'usage' that names the accepted values. */
export function createFault(spec: FaultSpec, targets: FaultTargets): Fault {
  const { id } = spec;
  const family = lookUp<FaultFamily>(id, 'family', spec.family, faultFamilies);
  const offers = { switches: [...(targets.switches?.values() ?? [])] };
  const kind = lookUp<FaultKind>(id, family.kindKey, spec.kind, faultKinds(family, offers));
  const names = [...new Set(spec.targets)];
  if (names.length === 0) {
    throw usage('BAD_FAULT', `fault ${id}: it names no ${family.targetKey}`, ['at least one']);
  }
  const known = family.targetsIn(targets);
  const found = names.map((name) => {
    const target = known.get(name);
    if (target !== undefined) return target;
    throw usage(family.unknownTarget, `fault ${id}: unknown ${family.targetKey} ${name}`, [...known.keys()]);
  });
  const { attributes, problems } = completeAttributes(kind, spec.attributes);
  const [problem] = problems;
  if (problem !== undefined) throw usage('BAD_FAULT', `fault ${id}: ${problem.message}`, [problem.accepted]);
  return family.create({ id, kind: spec.kind, names, targets: found, attributes }, targets);
}

function lookUp<Row>(id: string, what: string, name: string, table: Readonly<Record<string, Row>>): Row {
  const row = Object.hasOwn(table, name) ? table[name] : undefined;
  if (row !== undefined) return row;
  throw usage('UNKNOWN_FAULT_KIND', `fault ${id}: unknown ${what} ${name}`, Object.keys(table));
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
