import type { Report } from '../../src/report/report.ts';
import { type Mutation, mutateCheckout } from '../fixture/mutated-checkout.ts';
import { withDrill } from '../fixture/with-drill.ts';
import { type DrillName, drillKinds, scenarioOf } from './drill-kind.ts';

export type AuditedInvariant = Report['audit']['invariants'][number];

export interface AuditedDrill {
  readonly invariants: readonly AuditedInvariant[];
  readonly operationsCount: number;
  readonly tookMs: number;
}

/** Drills a copy of the checkout with these changes, and gives what the audit found. Leaves nothing behind. */
export async function runAuditedDrill(
  name: DrillName,
  changes: readonly Mutation[],
  seed: number,
): Promise<AuditedDrill> {
  const startedMs = performance.now();
  // First, because it throws when an exchange does not fit the code any more.
  const checkout = await mutateCheckout(...drillKinds[name].setting, ...changes);
  try {
    return await withDrill(scenarioOf(name, seed), { checkout: checkout.folder }, async ({ report }) => {
      const { invariants, operationsCount } = report.audit;
      return { invariants, operationsCount, tookMs: performance.now() - startedMs };
    });
  } finally {
    await checkout.close();
  }
}

export function violatedOf({ invariants }: AuditedDrill): readonly AuditedInvariant[] {
  return invariants.filter(({ answer }) => answer === 'violated');
}
