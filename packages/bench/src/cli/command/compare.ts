import { share } from '@stormcart/core';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Difference, differencesOf } from '../../compare/agreement.ts';
import { compareError } from '../../compare/compare-error.ts';
import { compareRuns } from '../../compare/compare-runs.ts';
import { comparisonTable } from '../../compare/comparison-table.ts';
import { judgedMetrics } from '../../compare/metric/judged-metrics.ts';
import { comparedMetrics } from '../../compare/metric/table.ts';
import type { MeasuredRun } from '../../compare/run/measured-run.ts';
import { readRun } from '../../compare/run/read-run.ts';
import type { CommandContext } from '../command-line.ts';
import { collectText, wholeNumber } from '../flag-value.ts';

/** What `compare` and `ab` are asked alike. */
export interface JudgingOptions {
  readonly metric: readonly string[];
  readonly minEffect: readonly string[];
  readonly confidence: number;
}

interface Options extends JudgingOptions {
  readonly with: readonly string[];
  readonly paired?: true;
  readonly vary: readonly string[];
  readonly force?: true;
  readonly seed: number;
  readonly json?: true;
}

export function addCompare(program: Command, context: CommandContext): void {
  const command = program
    .command('compare')
    .description('did it get worse? runs against runs, with confidence intervals; needs five runs a side')
    .argument('<base...>', 'run directories, report.json files or printed loads: how it was')
    .requiredOption('--with <head...>', 'the same: how it is')
    .option('--paired', 'the first of base was made next to the first of head, and so on');
  addJudgingOptions(command)
    .addOption(
      new Option('--vary <path>', 'is meant to differ, such as policies.cache; may be repeated')
        .argParser(collectText)
        .default([], 'nothing'),
    )
    .option('--force', 'compare all the same where machine, scenario, load or seeds differ')
    .option('--seed <number>', 'seed of the resampling', wholeNumber, 1)
    .option('--json', 'print one JSON document')
    .addHelpText('after', HELP)
    .action((base: readonly string[], options: Options) => compare(base, options, context));
}

/** Adds the options of `JudgingOptions`. */
export function addJudgingOptions(command: Command): Command {
  const names = comparedMetrics.map(({ name }) => name).join(', ');
  return command
    .addOption(
      new Option('--metric <name>', `judge this one only; may be repeated (${names})`)
        .argParser(collectText)
        .default([], 'all but max and slip'),
    )
    .addOption(
      new Option(
        '--min-effect <change>',
        'smaller changes count as none: 3% for all latencies and rates, or p99=10%, recovery=500ms; may be repeated',
      )
        .argParser(collectText)
        .default([], comparedMetrics.map(effectText).join(' ')),
    )
    .addOption(
      new Option('--confidence <share>', 'that all intervals together hold the truth')
        .argParser(confidenceValue)
        .default(USUAL_CONFIDENCE, share.format(USUAL_CONFIDENCE)),
    );
}

const USUAL_CONFIDENCE = 0.95;

const HELP = `
Exit codes: 0 better or same · 1 worse · 3 inconclusive

Examples:
  stormcart compare before/*/ --with after/*/
  stormcart compare none/*/ --with opossum/*/ --vary policies.cache --metric p99 --metric success`;

async function compare(
  basePaths: readonly string[],
  options: Options,
  { terminal, exitWith }: CommandContext,
): Promise<void> {
  const metrics = judgedMetrics(options.metric, options.minEffect);
  const base = await Promise.all(basePaths.map(readRun));
  const head = await Promise.all(options.with.map(readRun));
  if (options.paired === true && base.length !== head.length) throw unequalSides(base.length, head.length);
  const differences = differencesOf(base, head, options.vary);
  if (differences.length > 0 && options.force !== true) throw differentSettings(differences);
  const comparison = compareRuns({
    base,
    head,
    isPaired: options.paired === true,
    metrics,
    confidence: options.confidence,
    seed: options.seed,
    differences,
    notes: [
      ...(differences.length === 0 ? [] : [FORCED_NOTE]),
      ...(isInterleaved(base, head) ? [] : [APART_NOTE]),
    ],
  });
  terminal.data(options.json === true ? JSON.stringify(comparison, null, 2) : comparisonTable(comparison));
  exitWith(comparison.exitCode);
}

const FORCED_NOTE = 'forced: these runs were not made alike, so what changed may be any of the differences';
const APART_NOTE =
  'one side was measured after the other, so whatever changed on the machine in between counts as head’s doing; `stormcart ab` measures by turns';

/** Whether no side was over before the other began; unknown times count as interleaved. */
function isInterleaved(base: readonly MeasuredRun[], head: readonly MeasuredRun[]): boolean {
  const [here, there] = [startTimes(base), startTimes(head)];
  if (here.length === 0 || there.length === 0) return true;
  return Math.max(...here) > Math.min(...there) && Math.max(...there) > Math.min(...here);
}

function startTimes(runs: readonly MeasuredRun[]): readonly number[] {
  return runs.flatMap(({ startedAt }) => (startedAt === undefined ? [] : [Date.parse(startedAt)]));
}

function differentSettings(differences: readonly Difference[]): Error {
  return compareError({
    kind: 'usage',
    code: 'DIFFERENT_SETTINGS',
    message: 'these runs were not made alike, so their figures do not compare:',
    hint: [
      ...differences.map(({ what, values }) => `  ${what}: ${values.join('; ')}`),
      'Name what is meant to differ with --vary, or compare all the same with --force.',
    ].join('\n'),
  });
}

function unequalSides(baseCount: number, headCount: number): Error {
  return compareError({
    kind: 'usage',
    code: 'BAD_COMPARISON',
    message: `--paired needs as many runs on one side as on the other; there are ${baseCount} and ${headCount}`,
  });
}

function effectText({ name, minEffect, effectUnit }: (typeof comparedMetrics)[number]): string {
  return `${name}=${effectUnit.format(minEffect)}`;
}

function confidenceValue(text: string): number {
  const value = share.parse(text);
  if (value === undefined || value < 0.5 || value > 0.999)
    throw new InvalidArgumentError('a share between 50% and 99.9%, such as 95%');
  return value;
}
