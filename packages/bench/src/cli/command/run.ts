import { relative } from 'node:path';
import { messageOf } from '@stormcart/core';
import { shop } from '@stormcart/sut';
import { type Command, Option } from 'commander';
import { agentLoad } from '../../agent/agent-load.ts';
import { openMeetingPlace } from '../../agent/meeting-place.ts';
import type { LoadMaker } from '../../drill/load-maker.ts';
import type { Report } from '../../report/report.ts';
import { terminalSummary } from '../../report/terminal-summary.ts';
import type { Overrides } from '../../scenario/override.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { assertShareable } from '../../share/assert-shareable.ts';
import { openWorkspace, type Workspace } from '../../workspace/workspace.ts';
import { type AgentFlags, agentFlagsAgain, agentOptions, redisAddress, showAgents } from '../agent-flags.ts';
import type { CommandContext } from '../command-line.ts';
import { runControlledDrill } from '../controlled-drill.ts';
import { type DrillAudience, openAudience } from '../drill-audience.ts';
import { drillProgress } from '../drill-progress.ts';
import { exitCodeOf, exitCodes } from '../exit-code.ts';
import { listenAddress, positiveNumber, wholeNumber } from '../flag-value.ts';
import { collectOverride } from '../override-flag.ts';
import { quoteForShell } from '../quote-for-shell.ts';
import { type LoadedScenario, loadScenario } from '../scenario-files.ts';
import { showError } from '../show-error.ts';

interface Options extends AgentFlags {
  readonly topology?: string;
  readonly out?: string;
  readonly seed?: number;
  readonly scale?: number;
  readonly set: readonly (readonly [string, string])[];
  readonly json?: true;
  readonly github?: true;
  readonly open?: true;
  readonly dash?: true;
  readonly metrics?: { readonly host: string; readonly port: number };
}

export function addRun(program: Command, context: CommandContext): void {
  const [agents, redis, wait] = agentOptions('the load');
  program
    .command('run')
    .description('one drill per scenario, in order: boot, load, break, judge; prints the verdict')
    .argument('<scenario...>', 'scenario files, or names of those in scenarios/')
    .option('--topology <name>', `which stores run (${shop.options.topologies.join(', ')})`)
    .option('--out <folder>', 'where run directories go', '.stormcart/runs')
    .option('--seed <number>', 'seed of every choice that is left to chance', wholeNumber)
    .option('--scale <factor>', 'multiply all times of load and faults, such as 0.5', positiveNumber)
    .addOption(
      new Option('--set <path=value>', 'override one value, such as policies.cache=none; may be repeated')
        .argParser(collectOverride)
        .default([], 'none'),
    )
    .addOption(agents)
    .addOption(redis)
    .addOption(wait)
    .option('--json', 'print one JSON document with every report')
    .option('--github', 'job summary ($GITHUB_STEP_SUMMARY) and annotations for GitHub Actions')
    .option(
      '--metrics <host:port>',
      'serve OpenMetrics while drills run, such as 127.0.0.1:9464',
      listenAddress,
    )
    .addOption(
      new Option(
        '--dash',
        'watch and steer it in the dashboard (docs/dashboard.md); implies --open',
      ).conflicts('json'),
    )
    .option(
      '--open',
      'let any link be broken by hand while the drill runs (docs/control.md); each gets a fault proxy',
    )
    .addHelpText('after', EXAMPLES)
    .action((names: readonly string[], options: Options) => run(names, options, context));
}

const EXAMPLES = `
Examples:
  stormcart run redis-blackhole
  stormcart run scenarios/*.yaml --json > verdicts.json
  stormcart run redis-blackhole --set policies.cache=none    what if there were no breaker?
  stormcart run steady --scale 0.3 --seed 7
  stormcart run my-drill.yaml --agents 3 --redis redis://10.0.0.5:6379    several machines make its load`;

async function run(names: readonly string[], options: Options, context: CommandContext): Promise<void> {
  const { terminal } = context;
  // All are checked before the first one boots: a typo in the third should not cost two drills.
  const loaded: LoadedScenario[] = [];
  for (const name of names) {
    const each = await loadScenario(name, shop, overridesOf(options));
    if (each.warnings !== '') terminal.message(each.warnings);
    loaded.push(each);
  }
  const loadMaker = await agentsFor(loaded, options);
  const audience = await openAudience(options, terminal);
  try {
    await runAll(loaded, names, options, context, { audience, loadMaker });
  } finally {
    await audience.close();
  }
}

/** Throws where their load cannot be shared out, or where there is no Redis: before anything boots. */
async function agentsFor(
  loaded: readonly LoadedScenario[],
  { agents: count, redis: url, wait: waitMs }: Options,
): Promise<LoadMaker | undefined> {
  if (count === undefined) return undefined;
  for (const { scenario, system } of loaded) assertShareable(scenario, system, count);
  const redis = redisAddress(url);
  (await openMeetingPlace(redis)).close();
  return agentLoad({ count, redis, waitMs, show: (tell) => showAgents(tell, count) });
}

async function runAll(
  loaded: readonly LoadedScenario[],
  names: readonly string[],
  options: Options,
  context: CommandContext,
  { audience, loadMaker }: Pick<DrillSetting, 'audience' | 'loadMaker'>,
): Promise<void> {
  const { terminal } = context;
  const workspace = openWorkspace(undefined, options.out);
  const ended: EndedDrill[] = [];
  for (const [index, each] of loaded.entries()) {
    const { scenario } = each;
    const { bold } = terminal.messageStyle;
    terminal.message(
      bold(
        `${loaded.length > 1 ? `[${index + 1}/${loaded.length}] ` : ''}${scenario.name}: ${scenario.about}`,
      ),
    );
    const drill = await tryDrill(each, {
      again: commandOf(names[index] ?? scenario.file, scenario, options),
      context,
      workspace,
      audience,
      loadMaker,
      isOpen: options.open === true || options.dash === true,
      hasDashboard: options.dash === true && terminal.isInteractive && process.stdout.isTTY,
    });
    ended.push(drill);
    if (drill.kind === 'failed') showError(terminal, drill.error);
    else if (options.json !== true) {
      terminal.data(terminalSummary(drill.report, relative('.', drill.runFolder), terminal.dataStyle));
    }
    if (drill.kind === 'failed') await audience.failed(scenario, drill.error);
    else await audience.judged(drill.report);
    // Whoever ends one drill wants no other, however they ended it.
    if (context.signal.aborted || (drill.kind === 'judged' && drill.report.verdict === 'interrupted')) break;
  }
  const exitCode = combinedExitCode(ended);
  if (options.json === true) {
    terminal.data(JSON.stringify({ exitCode, runs: ended.map(jsonOf) }, null, 2));
  } else if (ended.length > 1) terminal.data(tally(ended));
  context.exitWith(exitCode);
}

/** A drill that came to a verdict, or one that could not be run: the others are run all the same. */
type EndedDrill =
  | {
      readonly kind: 'judged';
      readonly exitCode: number;
      readonly report: Report;
      readonly runFolder: string;
    }
  | {
      readonly kind: 'failed';
      readonly exitCode: number;
      readonly scenario: Scenario;
      readonly error: unknown;
    };

interface DrillSetting {
  readonly again: string;
  readonly context: CommandContext;
  readonly workspace: Workspace;
  readonly audience: DrillAudience;
  /** Undefined: each drill makes its own load. */
  readonly loadMaker: LoadMaker | undefined;
  readonly isOpen: boolean;
  readonly hasDashboard: boolean;
}

async function tryDrill(loaded: LoadedScenario, setting: DrillSetting): Promise<EndedDrill> {
  const { scenario } = loaded;
  const { terminal, signal } = setting.context;
  const { loadMaker, ...rest } = setting;
  try {
    const { report, runFolder } = await runControlledDrill(loaded, {
      ...rest,
      ...(loadMaker === undefined ? {} : { loadMaker }),
      signal,
      ...(setting.hasDashboard ? { dashOn: terminal } : {}),
      onEvent: drillProgress(terminal),
      onLive: setting.audience.onLive,
      onPlayed: (file) => terminal.message(`what was done by hand, as a scenario: ${relative('.', file)}`),
    });
    return { kind: 'judged', exitCode: report.exitCode, report, runFolder };
  } catch (error) {
    // Interrupted while booting: there is nothing to report, and nothing else is to be run.
    if (signal.aborted) throw signal.reason;
    return { kind: 'failed', exitCode: exitCodeOf(error), scenario, error };
  }
}

function jsonOf(ended: EndedDrill): unknown {
  if (ended.kind === 'judged') return ended.report;
  const { scenario, error, exitCode } = ended;
  return {
    verdict: 'error',
    scenario: { name: scenario.name, file: scenario.file },
    exitCode,
    error: messageOf(error),
  };
}

/** An interruption, then a failure of the environment, outweighs a failed drill, which outweighs an inconclusive one. */
export function combinedExitCode(ended: readonly Pick<EndedDrill, 'exitCode'>[]): number {
  const codes = ended.map(({ exitCode }) => exitCode);
  const worst = codes.find((code) => code > exitCodes.environment);
  if (worst !== undefined) return worst;
  for (const code of [exitCodes.environment, exitCodes.fail, exitCodes.inconclusive]) {
    if (codes.includes(code)) return code;
  }
  return exitCodes.pass;
}

function tally(ended: readonly EndedDrill[]): string {
  const rows = ended.map((drill) =>
    drill.kind === 'judged'
      ? `  ${drill.report.verdict.padEnd(12)}  ${drill.report.scenario.name}`
      : `  ${'error'.padEnd(12)}  ${drill.scenario.name}  ${messageOf(drill.error)}`,
  );
  const passed = ended.filter((drill) => drill.kind === 'judged' && drill.report.verdict === 'pass').length;
  return ['', ...rows, `${passed} of ${ended.length} drills passed`].join('\n');
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
    ...(options.open === true || options.dash === true ? ['--open'] : []),
    ...agentFlagsAgain(options),
    ...options.set.map(([path, value]) => `--set ${quoteForShell(`${path}=${value}`)}`),
  ];
  return `npx stormcart run ${quoteForShell(name)} ${flags.join(' ')}`;
}
