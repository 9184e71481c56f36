/**
 * What load generators say of a server whose answers are known beforehand: `npm run bench:accuracy`. The server
 * misbehaves in ten ways; the driver, autocannon, and wrk and hey where they are installed are asked one after the other
 * for the same 200 requests/s (wrk keeps no rate: it is as quick as it can). Takes some four minutes. Exit codes: 0 the
 * driver is within 2 % or 2 ms with exact counts in every case · 1 it is not · 2 bad usage.
 */
import { parseArgs } from 'node:util';
import { ask } from './ask.ts';
import { type Case, cases, PER_SECOND, quantileNames, quantilesOf, truthOf } from './behaviour.ts';
import { type Finding, findClients } from './clients.ts';
import { judge } from './judge.ts';

const HELP = `npm run bench:accuracy -- [--case TEXT] [--help]

  --case TEXT   only cases whose name contains this: ${cases.map(({ name }) => name).join(' · ')}`;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const chosen = readCases();
if (chosen !== undefined) await main(chosen);

function readCases(): readonly Case[] | undefined {
  try {
    const { values } = parseArgs({
      options: { case: { type: 'string', default: '' }, help: { type: 'boolean', default: false } },
    });
    if (values.help) {
      say(HELP);
      return undefined;
    }
    const found = cases.filter(({ name }) => name.includes(values.case));
    if (found.length === 0) throw new Error(`no case is called ${values.case}`);
    return found;
  } catch (error) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n\n${HELP}\n`);
    process.exitCode = 2;
    return undefined;
  }
}

async function main(list: readonly Case[]): Promise<void> {
  const clients = await findClients();
  const problems: string[] = [];
  say(`| server | client | count | success | p50 ms | p90 ms | p99 ms | max ms |`);
  say('|---|---|---|---|---|---|---|---|');
  for (const each of list) {
    const truth = truthOf(each.behaviour);
    say(rowOf(each.name, '**truth**', { ...truth, latencyMs: quantilesOf(truth.latenciesMs) }));
    for (const client of clients) {
      process.stderr.write(`${each.name}: ${client.name}\n`);
      const { finding, served } = await ask(client, each);
      const latencyMs = truth.latenciesMs === undefined ? {} : finding.latencyMs;
      say(rowOf('', client.name, { ...finding, latencyMs }));
      if (finding.own === undefined) continue;
      for (const problem of judge(finding, truth, served)) problems.push(`${each.name}: ${problem}`);
    }
  }
  for (const problem of problems) say(`missed  ${problem}`);
  if (problems.length === 0) {
    say(`met     stormcart at ${PER_SECOND}/s: counts and success exact, quantiles within 2 % or 2 ms`);
  }
  process.exitCode = problems.length === 0 ? 0 : 1;
}

function rowOf(server: string, client: string, finding: Omit<Finding, 'own'>): string {
  const cells = quantileNames.map((name) => {
    const ms = finding.latencyMs[name];
    return ms === undefined || Number.isNaN(ms) ? '–' : ms.toFixed(ms < 10 ? 1 : 0);
  });
  const success = `${(finding.successShare * 100).toFixed(1)} %`;
  return `| ${[server, client, finding.count ?? '–', success, ...cells].join(' | ')} |`;
}
