import { relative } from 'node:path';
import { AppError } from '@stormcart/core';
import { shop } from '@stormcart/sut';
import { type Command, InvalidArgumentError } from 'commander';
import { runDrill } from '../../drill/drill.ts';
import type { Report } from '../../report/report.ts';
import { terminalSummary } from '../../report/terminal-summary.ts';
import type { Overrides } from '../../scenario/override.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { openWorkspace } from '../../workspace/workspace.ts';
import type { CommandContext } from '../command-line.ts';
import { drillProgress } from '../drill-progress.ts';
import { exitCodes } from '../exit-code.ts';
import { loadScenario } from '../scenario-files.ts';

interface Options {
  readonly topology?: string;
  readonly out?: string;
  readonly seed?: number;
  readonly scale?: number;
  readonly set: readonly (readonly [string, string])[];
  readonly json?: true;
}

export function addRun(program: Command, context: CommandContext): void {
  program
    .command('run')
    .description('one drill per scenario, in order: boot, load, break, judge; prints the verdict')
    .argument('<scenario...>', 'scenario files, or names of those in scenarios/')
    .option('--topology <name>', `which stores run (${shop.options.topologies.join(', ')})`)
    .option('--out <folder>', 'where run directories go', '.stormcart/runs')
    .option('--seed <number>', 'seed of every choice that is left to chance', wholeNumber)
    .option('--scale <factor>', 'multiply all times of load and faults, such as 0.5', positiveNumber)
    .option(
      '--set <path=value>',
      'override one value of the scenario, such as policies.cache=none',
      collect,
      [],
    )
    .option('--json', 'print one JSON document with every report')
    .addHelpText('after', EXAMPLES)
    .action((names: readonly string[], options: Options) => run(names, options, context));
}

const EXAMPLES = `
Examples:
  stormcart run redis-blackhole
  stormcart run scenarios/*.yaml --json > verdicts.json
  stormcart run redis-blackhole --set policies.cache=none    what if there were no breaker?
  stormcart run steady --scale 0.3 --seed 7`;

async function run(names: readonly string[], options: Options, context: CommandContext): Promise<void> {
  const { terminal } = context;
  // All are checked before the first one boots: a typo in the third should not cost two drills.
  const scenarios: Scenario[] = [];
  for (const name of names) {
    const { scenario, warnings } = await loadScenario(name, shop, overridesOf(options));
    if (warnings !== '') terminal.message(warnings);
    scenarios.push(scenario);
  }
  const workspace = openWorkspace(undefined, options.out);
  const reports: Report[] = [];
  for (const [index, scenario] of scenarios.entries()) {
    const { bold } = terminal.messageStyle;
    terminal.message(
      bold(
        `${scenarios.length > 1 ? `[${index + 1}/${scenarios.length}] ` : ''}${scenario.name}: ${scenario.about}`,
      ),
    );
    const { report, runFolder } = await runDrill({
      scenario,
      system: shop,
      workspace,
      signal: context.signal,
      again: commandOf(names[index] ?? scenario.file, scenario, options),
      onEvent: drillProgress(terminal),
    });
    reports.push(report);
    if (options.json !== true) {
      terminal.data(terminalSummary(report, relative('.', runFolder), terminal.dataStyle));
    }
    if (report.verdict === 'interrupted') break;
  }
  const exitCode = combinedExitCode(reports);
  if (options.json === true) terminal.data(JSON.stringify({ exitCode, runs: reports }, null, 2));
  else if (reports.length > 1) terminal.data(tally(reports));
  context.exitWith(exitCode);
}

/** An interruption, then a failure of the environment, outweighs a failed drill, which outweighs an inconclusive one. */
export function combinedExitCode(reports: readonly Pick<Report, 'exitCode'>[]): number {
  const codes = reports.map(({ exitCode }) => exitCode);
  const worst = codes.find((code) => code > exitCodes.environment);
  if (worst !== undefined) return worst;
  for (const code of [exitCodes.environment, exitCodes.fail, exitCodes.inconclusive]) {
    if (codes.includes(code)) return code;
  }
  return exitCodes.pass;
}

function tally(reports: readonly Report[]): string {
  const rows = reports.map(({ verdict, scenario }) => `  ${verdict.padEnd(12)}  ${scenario.name}`);
  const passed = reports.filter(({ verdict }) => verdict === 'pass').length;
  return ['', ...rows, `${passed} of ${reports.length} drills passed`].join('\n');
}

function overridesOf(options: Options): Overrides {
  return {
    set: options.set,
    ...(options.topology === undefined ? {} : { topology: options.topology }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.scale === undefined ? {} : { scale: options.scale }),
  };
}

function commandOf(name: string, scenario: Scenario, options: Options): string {
  const flags = [
    `--seed ${scenario.seed}`,
    ...(options.topology === undefined ? [] : [`--topology ${options.topology}`]),
    ...(options.scale === undefined ? [] : [`--scale ${options.scale}`]),
    ...options.set.map(([path, value]) => `--set ${quoteForShell(`${path}=${value}`)}`),
  ];
  return `npx stormcart run ${quoteForShell(name)} ${flags.join(' ')}`;
}

function quoteForShell(text: string): string {
  return /^[\w./=:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError('a whole number from 0 up, such as 42');
  return value;
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('a number above 0, such as 0.5');
  return value;
}

function collect(
  text: string,
  before: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] {
  const equals = text.indexOf('=');
  if (equals < 1) {
    throw new AppError({
      kind: 'usage',
      code: 'BAD_OVERRIDE',
      message: `--set ${text} is no override`,
      hint: 'Write path=value, such as --set policies.cache=none or --set load.mix.browse=50.',
    });
  }
  return [...before, [text.slice(0, equals), text.slice(equals + 1)]];
}
