/**
 * `npm run test:clean [-- RUNS]`: the counterpart of the mutants. Drills the shop as it is, 20 times by default, under
 * the same faults in turn, each time with another seed. Exit codes: 0 no invariant tripped · 1 one did.
 */
import { type DrillName, drillKinds } from './drill-kind.ts';
import { runAuditedDrill } from './run-drill.ts';

const USUAL_RUNS = 20;
const RUNS_MAX = 1_000;

const runs = Math.min(Number(process.argv[2] ?? USUAL_RUNS), RUNS_MAX);
const names = Object.keys(drillKinds) as DrillName[];
let trippedCount = 0;
process.stdout.write('| run | drill | operations | answers | s |\n|---|---|---|---|---|\n');
for (let run = 0; run < runs; run += 1) {
  const name = names[run % names.length] ?? 'calm';
  const { invariants, operationsCount, tookMs } = await runAuditedDrill(name, [], run + 1);
  const bad = invariants.filter(({ answer }) => answer !== 'holds');
  if (bad.length > 0) trippedCount += 1;
  const answers = bad
    .map((result) => `${result.name} ${result.answer}: ${result.findings[0]?.message ?? ''}`)
    .join('; ');
  const seconds = Math.round(tookMs / 100) / 10;
  const said = answers === '' ? `${invariants.length} hold` : answers;
  process.stdout.write(`| ${run + 1} | ${name} | ${operationsCount} | ${said} | ${seconds} |\n`);
}
process.stdout.write(`\n${runs - trippedCount} of ${runs} runs tripped no invariant.\n`);
process.exitCode = trippedCount === 0 ? 0 : 1;
