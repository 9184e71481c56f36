import { relative } from 'node:path';
import { createSupervisor, systemClock } from '@stormcart/core';
import { shop } from '@stormcart/sut';
import { type Command, Option } from 'commander';
import { type AbHead, abRecord, writeAbRecord } from '../../compare/ab/ab-record.ts';
import { planLooks } from '../../compare/ab/looks.ts';
import { type Contest, type DrillContender, openSides } from '../../compare/ab/open-sides.ts';
import { comparePairs, type PairsOptions, type PairsOutcome, runPairs } from '../../compare/ab/run-pairs.ts';
import { compareError } from '../../compare/compare-error.ts';
import type { Comparison } from '../../compare/comparison.ts';
import { comparisonTable } from '../../compare/comparison-table.ts';
import { judgedMetrics } from '../../compare/metric/judged-metrics.ts';
import { describeEnvironment } from '../../report/environment.ts';
import { sweep } from '../../workspace/sweep.ts';
import { closeRun, openRun, openWorkspace } from '../../workspace/workspace.ts';
import { abProgress } from '../ab-progress.ts';
import type { CommandContext } from '../command-line.ts';
import {
  countNumber,
  durationOption,
  positiveNumber,
  rateValue,
  targetUrl,
  wholeNumber,
} from '../flag-value.ts';
import { collectOverride, type OverrideFlag } from '../override-flag.ts';
import { quoteForShell } from '../quote-for-shell.ts';
import { loadScenario, nameOf } from '../scenario-files.ts';
import { addJudgingOptions, type JudgingOptions } from './compare.ts';

interface Options extends JudgingOptions {
  readonly a: readonly OverrideFlag[];
  readonly b: readonly OverrideFlag[];
  readonly aRev?: string;
  readonly bRev?: string;
  readonly topology?: string;
  readonly scale?: number;
  readonly load?: readonly string[];
  readonly rate?: number;
  readonly for: number;
  readonly timeout: number;
  readonly poisson?: true;
  readonly pairs: number;
  readonly maxPairs: number;
  readonly seed: number;
  readonly out?: string;
  readonly json?: true;
}

export function addAb(program: Command, context: CommandContext): void {
  const command = program
    .command('ab')
    .description('two configurations, revisions or servers by turns on this machine: is b worse than a?')
    .argument('[scenario]', 'a scenario file, or the name of one in scenarios/')
    .addOption(sideOption('--a <path=value>', 'as `run --set`, for side a; may be repeated'))
    .addOption(sideOption('--b <path=value>', 'the same for side b'))
    .option('--a-rev <revision>', "side a is this git revision's code; the working tree when absent")
    .option('--b-rev <revision>', 'the same for side b')
    .option('--topology <name>', 'which stores run')
    .option('--scale <factor>', 'multiply all times of load and faults, such as 0.5', positiveNumber)
    .option('--load <url...>', 'instead of a scenario: a running server, or two, under short open-loop loads')
    .option('--rate <rate>', 'arrivals of such a load, such as 200/s', rateValue)
    .addOption(durationOption('--for <duration>', 'how long each such load lasts', '2s'))
    .addOption(durationOption('--timeout <duration>', 'give a request of such a load up after this', '5s'))
    .option('--poisson', 'random arrivals of such a load instead of even ones');
  addJudgingOptions(command)
    .option('--pairs <number>', 'pairs before the first look', countNumber, FIRST_LOOK)
    .option('--max-pairs <number>', 'pairs at most, where no look can tell', countNumber, MOST_PAIRS)
    .option('--seed <number>', 'of the first pair; each later pair has the next one', wholeNumber, 1)
    .option('--out <folder>', 'where the run directory goes', '.stormcart/runs')
    .option('--json', 'print one JSON document')
    .addHelpText('after', HELP)
    .action((scenario: string | undefined, options: Options) => ab(scenario, options, context));
}

function sideOption(flags: string, about: string): Option {
  return new Option(flags, about).argParser(collectOverride).default([], 'as the scenario has it');
}

/** Five are the least that tell anything, and one more lets a single hiccup pass. */
const FIRST_LOOK = 6;
/** Forty drills of a minute each are what fits into a long coffee break; loads of seconds may well have more. */
const MOST_PAIRS = 20;

const HELP = `
Exit codes: 0 better or same · 1 worse · 3 inconclusive · 130 interrupted, with what was measured kept

Examples:
  stormcart ab redis-blackhole --a policies.cache=none --b policies.cache=opossum
  stormcart ab steady --a-rev main --metric p50 --metric p99
  stormcart ab --load http://127.0.0.1:8080/ http://127.0.0.1:8081/ --rate 200/s --max-pairs 40`;

async function ab(scenario: string | undefined, options: Options, context: CommandContext): Promise<void> {
  const metrics = judgedMetrics(chosenMetrics(options), options.minEffect);
  const { pairs: pairsMin, maxPairs: pairsMax, confidence, seed } = options;
  const looks = planLooks({ pairsMin, pairsMax, confidence });
  const { contest, title } = await contestOf(scenario, options, context);
  const workspace = openWorkspace(undefined, options.out);
  await sweep(workspace);
  const startedAt = new Date(systemClock.wallMs());
  const folders = await openRun(workspace, `ab-${title}`, startedAt);
  const supervisor = createSupervisor(folders.runId);
  for (const path of [folders.dataFolder, folders.claimFile]) supervisor.reaper.removeAfterDeath(path);
  try {
    const { signal, terminal } = context;
    const opened = await openSides(contest, {
      dataFolder: folders.dataFolder,
      supervisor,
      signal,
      onInstall: (revision) => terminal.message(`installing the npm packages of ${revision}`),
    });
    try {
      const { sides } = opened;
      const head: AbHead = {
        startedAt: startedAt.toISOString(),
        sides: { a: sides.a.about, b: sides.b.about },
        seed,
        planned: looks,
        environment: describeEnvironment([]),
        again: ['npx stormcart', ...process.argv.slice(2).map(quoteForShell)].join(' '),
      };
      const tell = abProgress(terminal, head);
      const asked: PairsOptions = {
        sides,
        looks,
        confidence,
        metrics,
        seed,
        signal,
        folder: `${folders.runFolder}/pairs`,
        onEvent: async (event) => {
          tell(event);
          if (event.kind === 'pair') await writeAbRecord(abRecord(head, event.outcome), folders.runFolder);
        },
      };
      const outcome = await runPairs(asked);
      const comparison = comparePairs(outcome, asked);
      await writeAbRecord(abRecord(head, outcome, comparison), folders.runFolder);
      show(outcome, comparison, { ...options, runFolder: folders.runFolder }, context);
    } finally {
      await opened.close();
    }
  } finally {
    await supervisor.close();
    await closeRun(folders);
  }
}

/** A load of seconds has too few slices for its availability to say anything, so it is left out unless asked for. */
function chosenMetrics({ metric, load }: Options): readonly string[] {
  return metric.length === 0 && load !== undefined ? LOAD_METRICS : metric;
}

const LOAD_METRICS = ['p50', 'p90', 'p99', 'success', 'throughput'];

function show(
  { pairs, end }: PairsOutcome,
  comparison: Comparison,
  { json, runFolder }: Pick<Options, 'json'> & { readonly runFolder: string },
  { terminal, exitWith }: CommandContext,
): void {
  // Without a single pair there is nothing to show beside the error.
  if (pairs.length > 0) {
    terminal.data(json === true ? JSON.stringify(comparison, null, 2) : comparisonTable(comparison));
  }
  terminal.message(`${relative('.', runFolder)}/ab.json has every pair`);
  exitWith(comparison.exitCode);
  if (end.kind === 'failed') throw end.error;
}

interface Entry {
  readonly contest: Contest;
  /** For the run directory's name. */
  readonly title: string;
}

async function contestOf(
  scenario: string | undefined,
  options: Options,
  context: CommandContext,
): Promise<Entry> {
  if (options.load === undefined) {
    if (scenario === undefined) throw badUsage('give a scenario, or the address of a server with --load');
    return drillContest(scenario, options, context);
  }
  if (scenario !== undefined) throw badUsage('give a scenario or --load, not both');
  return loadContest(options.load, options);
}

async function drillContest(
  scenario: string,
  options: Options,
  { terminal }: CommandContext,
): Promise<Entry> {
  const { a, b, aRev, bRev } = options;
  let file = scenario;
  for (const [set, revision] of [
    [a, aRev],
    [b, bRev],
  ] as const) {
    // Another revision's own parser judges what it is asked; this one's may know more or less.
    if (revision !== undefined && set.length === 0) continue;
    const { topology, scale } = options;
    const overrides = {
      set,
      ...(topology === undefined ? {} : { topology }),
      ...(scale === undefined ? {} : { scale }),
    };
    const loaded = await loadScenario(scenario, shop, overrides);
    if (loaded.warnings !== '') terminal.message(loaded.warnings);
    file = loaded.scenario.file;
  }
  const { topology, scale } = options;
  const flags = [
    ...(topology === undefined ? [] : ['--topology', topology]),
    ...(scale === undefined ? [] : ['--scale', String(scale)]),
  ];
  const sides = { a: contender(a, aRev), b: contender(b, bRev) };
  return { contest: { kind: 'drill', file, flags, sides }, title: nameOf(file) };
}

function contender(set: readonly OverrideFlag[], revision: string | undefined): DrillContender {
  return {
    overrides: set.map(([path, value]) => `${path}=${value}`),
    ...(revision === undefined ? {} : { revision }),
  };
}

function loadContest(given: readonly string[], options: Options): Entry {
  const { rate, a, b, aRev, bRev } = options;
  const urls = given.map(targetUrl);
  const [first, second = first] = urls;
  if (first === undefined || second === undefined || urls.length > 2) {
    throw badUsage('--load takes one address, to compare a server with itself, or two');
  }
  if (rate === undefined) throw badUsage('a load needs a rate, such as --rate 200/s');
  if (a.length + b.length > 0 || aRev !== undefined || bRev !== undefined) {
    throw badUsage('--a, --b, --a-rev and --b-rev need a scenario; with --load the sides are two addresses');
  }
  const contest: Contest = {
    kind: 'load',
    urls: { a: first, b: second },
    perSecond: rate,
    forMs: options.for,
    timeoutMs: options.timeout,
    arrivals: options.poisson === true ? 'poisson' : 'constant',
    sliceMs: SLICE_MS,
  };
  return { contest, title: 'load' };
}

/** As `stormcart load` has it. */
const SLICE_MS = 200;

function badUsage(message: string): Error {
  return compareError({
    kind: 'usage',
    code: 'BAD_COMPARISON',
    message,
    hint: 'See `stormcart ab --help`.',
  });
}
