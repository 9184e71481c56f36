import { AppError, systemClock } from '@stormcart/core';
import { type Command, Option } from 'commander';
import { runAgents } from '../../agent/run-agents.ts';
import { runClosedLoop } from '../../load/closed-loop.ts';
import { USUAL_MAX_IN_FLIGHT } from '../../load/driver.ts';
import { formatSpan, plural } from '../../report/format.ts';
import { closedLoopSummary, type LoadShares, loadReport, loadSummary } from '../../report/load-report.ts';
import { mergeShares } from '../../share/merge-shares.ts';
import { runProcesses } from '../../share/run-processes.ts';
import { runShare } from '../../share/run-share.ts';
import type { ShareOutcome } from '../../share/share-outcome.ts';
import { type LoadOrder, planOf, shareTasks } from '../../share/share-task.ts';
import { type AgentFlags, agentOptions, redisAddress, showAgents } from '../agent-flags.ts';
import type { CommandContext } from '../command-line.ts';
import { exitCodes } from '../exit-code.ts';
import { countNumber, durationOption, rateValue, shareCount, targetUrl, wholeNumber } from '../flag-value.ts';
import { assertKnownHost } from '../known-host.ts';
import { showLoadProgress } from '../load-progress.ts';
import { type TrustFlags, trustFor } from '../trust-flags.ts';

interface Options extends TrustFlags, AgentFlags {
  readonly rate?: number;
  readonly for: number;
  readonly timeout: number;
  readonly maxInFlight: number;
  readonly slice: number;
  readonly poisson?: true;
  readonly seed: number;
  readonly processes: number;
  readonly closed?: true;
  readonly connections: number;
  readonly json?: true;
}

export function addLoad(program: Command, context: CommandContext): void {
  const [agents, redis, wait] = agentOptions('the load', ['closed', 'processes']);
  program
    .command('load')
    .description('open-loop load on any URL: exact ledger, both latencies, availability')
    .argument('<url>', 'http:// or https://; each arrival is one GET')
    .option('--rate <rate>', 'arrivals, such as 500/s; they never wait for answers', rateValue)
    .addOption(durationOption('--for <duration>', 'how long', '10s'))
    .addOption(
      durationOption('--timeout <duration>', 'give a request up after this, from its intended start', '5s'),
    )
    .option(
      '--max-in-flight <number>',
      'requests at once; what exceeds it is never sent',
      countNumber,
      USUAL_MAX_IN_FLIGHT,
    )
    .addOption(durationOption('--slice <duration>', 'slice of the availability', '200ms'))
    .option('--poisson', 'random arrivals, as independent customers come, instead of even ones')
    .option('--seed <number>', 'seed of random arrivals', wholeNumber, 1)
    .addOption(
      new Option('--processes <number>', 'driver processes with one plan, when one core is not enough')
        .argParser(shareCount)
        .default(1)
        .conflicts('closed'),
    )
    .addOption(agents)
    .addOption(redis)
    .addOption(wait)
    .option('--ca <file>', 'certificate authority (PEM) to trust for https, and nobody else')
    .addOption(
      new Option('--insecure', "take an https target's certificate whoever signed it").conflicts('ca'),
    )
    .option(
      '--closed',
      'closed loop through autocannon instead: finds the ceiling, hides stalls; checks no certificate',
    )
    .option('--connections <number>', 'connections of the closed loop', countNumber, 10)
    .option('--json', 'print one JSON document')
    .addHelpText('after', EXAMPLES)
    .action((url: string, options: Options) => load(targetUrl(url), options, context));
}

const EXAMPLES = `
Examples:
  stormcart load http://127.0.0.1:8080/ --rate 500/s --for 10s
  stormcart load https://127.0.0.1:8443/api/product?id=17 --rate 500/s --ca .stormcart/cache/development-ca.pem
  stormcart load http://127.0.0.1:8080/ --rate 30000/s --for 10s --processes 4
  stormcart load http://shop.example:8080/ --rate 90000/s --for 1m --agents 3 --redis redis://10.0.0.5:6379
  stormcart load http://127.0.0.1:8080/ --closed --connections 50 --for 10s`;

async function load(url: URL, options: Options, context: CommandContext): Promise<void> {
  // Agents resolve it where they are.
  if (options.agents === undefined) await assertKnownHost(url, context.signal);
  if (options.closed === true) await loadClosed(url, options, context);
  else await loadOpen(url, options, context);
  context.signal.throwIfAborted();
}

async function loadOpen(url: URL, options: Options, context: CommandContext): Promise<void> {
  const { terminal, exitWith } = context;
  const perSecond = options.rate;
  if (perSecond === undefined) {
    throw new AppError({
      kind: 'usage',
      code: 'NO_RATE',
      message: 'an open loop needs a rate',
      hint: 'Give one, such as --rate 500/s, or --closed to let the system set the pace.',
    });
  }
  const order: LoadOrder = {
    kind: 'load',
    version: 1,
    runId: 'load',
    url: url.href,
    trust: await trustFor(options),
    perSecond,
    forMs: options.for,
    arrivals: options.poisson === true ? 'poisson' : 'constant',
    seed: options.seed,
    timeoutMs: options.timeout,
    sliceMs: options.slice,
    maxInFlight: options.maxInFlight,
  };
  const { count } = planOf(order);
  terminal.message(`${plural(count, 'request')} to ${url.href} in ${formatSpan(options.for)}`);
  const merged = mergeShares(order, await runOrder(order, options, context));
  const report = loadReport(order, merged, sharesOf(options));
  terminal.data(
    options.json === true ? JSON.stringify(report, null, 2) : loadSummary(report, terminal.dataStyle),
  );
  // What was never sent, or never told of, nobody can judge.
  if (report.generator.isSaturated || report.ledger.dropped > 0 || merged.lost.length > 0)
    exitWith(exitCodes.inconclusive);
  // Nothing was gated, but a target that never answered right is no success for a script either.
  else if (report.ledger.ok === 0) exitWith(exitCodes.fail);
}

async function runOrder(
  order: LoadOrder,
  options: Options,
  context: CommandContext,
): Promise<readonly ShareOutcome[]> {
  const { terminal, signal } = context;
  const progress = showLoadProgress(terminal, order.forMs);
  const { onProgress } = progress;
  try {
    if (options.agents !== undefined) {
      const tasks = shareTasks(order, options.agents);
      const shown = showAgents((text) => terminal.message(text), options.agents);
      const redis = redisAddress(options.redis);
      return await runAgents({ redis, tasks, waitMs: options.wait, signal, onProgress, ...shown });
    }
    const tasks = shareTasks(order, options.processes);
    const [only] = tasks;
    if (tasks.length > 1 || only === undefined) return await runProcesses({ tasks, signal, onProgress });
    const result = await runShare({
      task: only,
      zeroMs: systemClock.now(),
      signal,
      onProgress: (each) => onProgress(0, each),
    });
    return [{ kind: 'done', name: 'this process', result }];
  } finally {
    progress.close();
  }
}

function sharesOf({ agents, processes }: Options): LoadShares | undefined {
  if (agents !== undefined) return { kind: 'agents', count: agents };
  return processes > 1 ? { kind: 'processes', count: processes } : undefined;
}

async function loadClosed(
  url: URL,
  options: Options,
  { terminal, signal, exitWith }: CommandContext,
): Promise<void> {
  terminal.message(
    `closed loop with ${plural(options.connections, 'connection')} for ${formatSpan(options.for)}`,
  );
  const result = await runClosedLoop({
    url,
    connections: options.connections,
    forMs: options.for,
    timeoutMs: options.timeout,
    signal,
  });
  terminal.data(options.json === true ? JSON.stringify(result, null, 2) : closedLoopSummary(result));
  if (result.statuses['2xx'] + result.statuses['3xx'] === 0) exitWith(exitCodes.fail);
}
