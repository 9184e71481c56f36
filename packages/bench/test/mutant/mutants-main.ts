/**
 * `npm run test:mutants [-- NAME…]`: drills each mutant of the shop, or those named, and prints which invariant found
 * it. Exit codes: 0 each was found by the invariant named for it · 1 one was not.
 */
import { messageOf } from '@stormcart/core';
import type { Mutant } from './mutant.ts';
import { mutants } from './mutant-table.ts';
import { type AuditedInvariant, runAuditedDrill, violatedOf } from './run-drill.ts';

const SEED = 5;

interface Verdict {
  readonly isFound: boolean;
  readonly trippedBy: string;
  readonly why: string;
  readonly seconds: number;
}

async function judge(mutant: Mutant): Promise<Verdict> {
  const startedMs = performance.now();
  const secondsSince = (): number => Math.round((performance.now() - startedMs) / 100) / 10;
  try {
    const violated = violatedOf(await runAuditedDrill(mutant.drill, mutant.changes, SEED));
    const finding = findingOf(mutant, violated);
    return {
      isFound: finding !== undefined,
      trippedBy: violated.map(({ name }) => name).join(', ') || 'nothing',
      why: finding ?? violated[0]?.findings[0]?.message ?? '',
      seconds: secondsSince(),
    };
  } catch (error) {
    return { isFound: false, trippedBy: 'not drilled', why: messageOf(error), seconds: secondsSince() };
  }
}

/** What the invariant named for the mutant says about it. */
function findingOf({ trips, says = /./ }: Mutant, violated: readonly AuditedInvariant[]): string | undefined {
  const invariant = violated.find(({ name }) => name === trips);
  return invariant?.findings.map(({ message }) => message).find((message) => says.test(message));
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !mutants.some((mutant) => mutant.name === name));
if (unknown.length > 0) {
  process.stderr.write(
    `no mutant ${unknown.join(', ')}; there are ${mutants.map(({ name }) => name).join(', ')}\n`,
  );
  process.exit(2);
}
const chosen = mutants.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
let missedCount = 0;
process.stdout.write(
  '| mutant | drill | must trip | tripped by | first finding | s |\n|---|---|---|---|---|---|\n',
);
for (const mutant of chosen) {
  const { isFound, trippedBy, why, seconds } = await judge(mutant);
  if (!isFound) missedCount += 1;
  const mark = isFound ? '' : ' **MISSED**';
  const { name, drill, trips } = mutant;
  process.stdout.write(`| ${name} | ${drill} | ${trips}${mark} | ${trippedBy} | ${why} | ${seconds} |\n`);
}
process.stdout.write(`\n${chosen.length - missedCount} of ${chosen.length} mutants were found.\n`);
process.exitCode = missedCount === 0 ? 0 : 1;
