import { createCockatiel } from './cockatiel.ts';
import type { PolicyFigures } from './figures.ts';
import { guardCalls } from './guard-calls.ts';
import { createNone } from './none.ts';
import { createOpossum } from './opossum.ts';
import type { Policy, PolicyKind } from './policy.ts';

/** Every kind of policy; a new one is a file and a line here. */
const policies: Readonly<Record<PolicyKind, (name: string, figures: PolicyFigures) => Policy>> = {
  none: createNone,
  opossum: (name, figures) => guardCalls(name, figures, createOpossum(name, figures)),
  cockatiel: (name, figures) => guardCalls(name, figures, createCockatiel(name, figures)),
};

export function createPolicy(kind: PolicyKind, name: string, figures: PolicyFigures): Policy {
  return policies[kind](name, figures);
}
