import type { StoreDescription } from '@stormcart/core';
import { type StoreKind, technologyNames } from './store-kind.ts';
import { storeFaultKinds } from './store-kinds.ts';

/** Why a fault cannot happen to a store, and what can. */
export interface StoreMisfit {
  readonly message: string;
  /** The kinds that this store can have. */
  readonly accepted: readonly string[];
}

const kinds: readonly (readonly [name: string, kind: StoreKind])[] = Object.entries(storeFaultKinds);

/** Undefined when a fault of this kind can happen to the store, or when there is no such kind. */
export function storeMisfit(kind: string, store: StoreDescription): StoreMisfit | undefined {
  const [, found] = kinds.find(([name]) => name === kind) ?? [];
  const reason = found === undefined ? undefined : misfitOf(kind, found, store);
  if (reason === undefined) return undefined;
  const accepted = kinds.filter(([name, each]) => misfitOf(name, each, store) === undefined);
  return { message: reason, accepted: accepted.map(([name]) => name) };
}

function misfitOf(name: string, kind: StoreKind, store: StoreDescription): string | undefined {
  if (!kind.technologies.includes(store.technology)) {
    const wanted = kind.technologies.map((each) => technologyNames[each]).join(' or ');
    return `\`${name}\` happens to ${wanted}, and \`${store.name}\` is a ${technologyNames[store.technology]}`;
  }
  if (kind.needsCluster === undefined || store.cluster !== undefined) return undefined;
  return `\`${name}\` needs a replicated store, and \`${store.name}\` stands alone: ${kind.needsCluster}`;
}
