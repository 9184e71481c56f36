/**
 * `npm run test:kills [-- PROCESS…] [-- --seed N]`: kills each process of the shop with -9 in turn while customers check
 * out, or those named, and prints what it cost. Exit codes: 0 nothing was lost · 1 something was · 2 no such process.
 */
import { parseArgs } from 'node:util';
import { messageOf } from '@stormcart/core';
import { shop } from '@stormcart/sut';
import { drillKill, type KillResult } from './drill-kill.ts';
import { answersOf, brokenBy } from './kill-verdict.ts';

const { positionals: wanted, values } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '11' } },
});
const { processes } = shop.describe({ topology: 'single', services: {}, policies: {} });
const unknown = wanted.filter((name) => !processes.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`no process ${unknown.join(', ')}; there are ${processes.join(', ')}\n`);
  process.exit(2);
}

const COLUMNS = [
  'killed',
  'operations',
  'acknowledged orders',
  'lost',
  'double captures',
  'stock',
  'sagas ended within (s)',
  'invariants',
  'availability',
  'ready again after (s)',
  'customers recovered after (s)',
];

const seconds = (ms: number | undefined): string => (ms === undefined ? 'never' : (ms / 1_000).toFixed(1));

function cellsOf(name: string, result: KillResult): readonly (string | number)[] {
  return [
    name,
    result.operationsCount,
    result.acknowledgedCount,
    result.lostCount,
    result.doubleCaptureCount,
    result.stockOffCount === 0 ? 'conserved' : `${result.stockOffCount} products off`,
    seconds(result.endedWithinMs),
    answersOf(result),
    `${((result.availability ?? Number.NaN) * 100).toFixed(1)} %${result.isStarved ? ' (generator starved)' : ''}`,
    seconds(result.backAfterMs),
    seconds(result.recoveredAfterMs),
  ];
}

const chosen = processes.filter((name) => wanted.length === 0 || wanted.includes(name));
const broken: string[] = [];
process.stdout.write(`| ${COLUMNS.join(' | ')} |\n|${'---|'.repeat(COLUMNS.length)}\n`);
for (const name of chosen) {
  try {
    const result = await drillKill(name, Number(values.seed));
    process.stdout.write(`| ${cellsOf(name, result).join(' | ')} |\n`);
    broken.push(...brokenBy(result).map((what) => `${name}: ${what}`));
  } catch (error) {
    process.stdout.write(`| ${name} | not drilled |\n`);
    broken.push(`${name}: ${messageOf(error)}`);
  }
}
process.stdout.write(
  broken.length === 0
    ? `\n${chosen.length} kills, nothing was lost.\n`
    : `\n${broken.map((what) => `- ${what}`).join('\n')}\n`,
);
process.exitCode = broken.length === 0 ? 0 : 1;
