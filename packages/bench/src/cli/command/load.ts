import { AppError, systemClock } from '@stormcart/core';
import { type Command, Option } from 'commander';
import { runClosedLoop } from '../../load/closed-loop.ts';
import { runLoad } from '../../load/driver.ts';
import { singleRequest } from '../../load/single-request.ts';
import { createMeasurement } from '../../measure/measurement.ts';
import { createPlan } from '../../plan/plan.ts';
import { formatSpan, plural } from '../../report/format.ts';
import { closedLoopSummary, type LoadReport, loadReport, loadSummary } from '../../report/load-report.ts';
import type { CommandContext } from '../command-line.ts';
import { exitCodes } from '../exit-code.ts';
import { countNumber, durationOption, rateValue, targetUrl, wholeNumber } from '../flag-value.ts';
import { type TrustFlags, trustFor } from '../trust-flags.ts';

interface Options extends TrustFlags {
  readonly rate?: number;
  readonly for: number;
  readonly timeout: number;
  readonly maxInFlight: number;
  readonly slice: number;
  readonly poisson?: true;
  readonly seed: number;
  readonly closed?: true;
  readonly connections: number;
  readonly json?: true;
}

export function addLoad(program: Command, context: CommandContext): void {
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
      10_000,
    )
    .addOption(durationOption('--slice <duration>', 'slice of the availability', '200ms'))
    .option('--poisson', 'random arrivals, as independent customers come, instead of even ones')
    .option('--seed <number>', 'seed of random arrivals', wholeNumber, 1)
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
  stormcart load http://127.0.0.1:8080/ --closed --connections 50 --for 10s`;

async function load(url: URL, options: Options, context: CommandContext): Promise<void> {
  if (options.closed === true) await loadClosed(url, options, context);
  else await loadOpen(url, options, context);
  context.signal.throwIfAborted();
}

async function loadOpen(
  url: URL,
  options: Options,
  { terminal, signal, exitWith }: CommandContext,
): Promise<void> {
  const perSecond = options.rate;
  if (perSecond === undefined) {
    throw new AppError({
      kind: 'usage',
      code: 'NO_RATE',
      message: 'an open loop needs a rate',
      hint: 'Give one, such as --rate 500/s, or --closed to let the system set the pace.',
    });
  }
  const journey = singleRequest(url);
  const trust = await trustFor(options);
  const stages = [{ kind: 'constant', forMs: options.for, perSecond, isWarmup: false }] as const;
  const plan = createPlan(stages, {
    seed: options.seed,
    arrivals: options.poisson === true ? 'poisson' : 'constant',
    mix: { [journey.name]: 1 },
  });
  const measurement = createMeasurement({
    totalMs: plan.totalMs,
    warmupUntilMs: 0,
    sliceMs: options.slice,
    downBelow: USUAL_DOWN_BELOW,
    faults: [],
  });
  const startedMs = systemClock.now();
  const progress = setInterval(() => {
    const { planned, ok } = measurement.ledger();
    terminal.status(
      `${formatSpan(systemClock.now() - startedMs)} of ${formatSpan(plan.totalMs)}  ${plural(planned, 'answer')}, ${ok} ok`,
    );
  }, PROGRESS_EVERY_MS);
  terminal.message(`${plural(plan.count, 'request')} to ${url.href} in ${formatSpan(plan.totalMs)}`);
  try {
    const result = await runLoad({
      plan,
      journeys: [journey],
      target: url,
      trust,
      seed: options.seed,
      runId: 'load',
      timeoutMs: options.timeout,
      maxInFlight: options.maxInFlight,
      signal,
      sink: { sample: (sample) => measurement.add(sample), operation: () => undefined },
    });
    if (result.wasAborted) measurement.endAt(result.endedMs);
    show(loadReport(url, options, result, measurement));
  } finally {
    clearInterval(progress);
  }

  function show(report: LoadReport): void {
    terminal.data(
      options.json === true ? JSON.stringify(report, null, 2) : loadSummary(report, terminal.dataStyle),
    );
    // What was never sent nobody can judge.
    if (report.generator.isSaturated || report.ledger.dropped > 0) exitWith(exitCodes.inconclusive);
    // Nothing was gated, but a target that never answered right is no success for a script either.
    else if (report.ledger.ok === 0) exitWith(exitCodes.fail);
  }
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

/** As scenarios have it when they say nothing. */
const USUAL_DOWN_BELOW = 0.95;
const PROGRESS_EVERY_MS = 500;
