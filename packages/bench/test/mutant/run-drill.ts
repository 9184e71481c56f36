import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../src/report/report.ts';
import { runCli } from '../fixture/cli.ts';
import { type Mutation, mutateCheckout } from '../fixture/mutated-checkout.ts';
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
  const folder = await mkdtemp(join(tmpdir(), 'stormcart-audited-'));
  try {
    const file = join(folder, `${name}.yaml`);
    await writeFile(file, scenarioOf(name, seed));
    const flags = ['--json', '--out', join(folder, 'runs')];
    const { code, stdout, stderr } = await runCli(['run', file, ...flags], { checkout: checkout.folder });
    const report = readReport(stdout);
    if (report === undefined) throw new Error(`the drill ended with ${code} and no report:\n${stderr}`);
    const { invariants, operationsCount } = report.audit;
    return { invariants, operationsCount, tookMs: performance.now() - startedMs };
  } finally {
    await checkout.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function readReport(stdout: string): Report | undefined {
  if (stdout === '') return undefined;
  return (JSON.parse(stdout) as { readonly runs: readonly Report[] }).runs[0];
}

export function violatedOf({ invariants }: AuditedDrill): readonly AuditedInvariant[] {
  return invariants.filter(({ answer }) => answer === 'violated');
}
