import type { FaultKind } from './attribute.ts';
import type { FaultFamily, FaultOffers } from './fault-family.ts';
import { httpFamily } from './http/http-family.ts';
import { linkFamily } from './link/link-family.ts';
import { processFamily } from './process/process-family.ts';
import { storeFamily } from './store/store-family.ts';
import { worldFamily } from './world/world-family.ts';

/** Every family of faults by its name. */
export const faultFamilies = {
  link: linkFamily,
  process: processFamily,
  http: httpFamily,
  store: storeFamily,
  world: worldFamily,
} as const satisfies Readonly<Record<string, FaultFamily>>;

export type FamilyName = keyof typeof faultFamilies;

/** The kinds of a family in a system that offers this. */
export function faultKinds(family: FaultFamily, offers: FaultOffers): Readonly<Record<string, FaultKind>> {
  return family.kindsIn?.(offers) ?? family.kinds;
}

/** The kind of this name; undefined when the family has none. */
export function faultKind(family: string, kind: string, offers: FaultOffers = {}): FaultKind | undefined {
  if (!Object.hasOwn(faultFamilies, family)) return undefined;
  const kinds = faultKinds(faultFamilies[family as FamilyName], offers);
  return Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
}
