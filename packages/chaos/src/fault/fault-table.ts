import type { FaultKind } from './attribute.ts';
import type { FaultFamily } from './fault-family.ts';
import { httpFamily } from './http/http-family.ts';
import { linkFamily } from './link/link-family.ts';
import { processFamily } from './process/process-family.ts';

/** Every family of faults by its name. */
export const faultFamilies = {
  link: linkFamily,
  process: processFamily,
  http: httpFamily,
} as const satisfies Readonly<Record<string, FaultFamily>>;

export type FamilyName = keyof typeof faultFamilies;

/** The kind of this name; undefined when the family has none. */
export function faultKind(family: string, kind: string): FaultKind | undefined {
  const kinds: Readonly<Record<string, FaultKind>> = Object.hasOwn(faultFamilies, family)
    ? faultFamilies[family as FamilyName].kinds
    : {};
  return Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
}
