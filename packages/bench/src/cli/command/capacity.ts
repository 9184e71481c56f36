import { AppError } from '@stormcart/core';
import { type Command, Option } from 'commander';
import {
  type CapacityReport,
  capacitySummary,
  isInconclusive,
  trialLine,
} from '../../capacity/capacity-report.ts';
import { type CapacityOptions, findCapacity } from '../../capacity/find-capacity.ts';
import { readObjective, USUAL_OBJECTIVE } from '../../capacity/objective.ts';
import { runClosedLoop } from '../../load/closed-loop.ts';
import { formatCount, formatSpan, plural } from '../../report/format.ts';
import { type OpenedSubject, openSubject } from '../capacity-subject.ts';
import type { CommandContext } from '../command-line.ts';
import { exitCodes } from '../exit-code.ts';
import {
  collectText,
  countNumber,
  durationOption,
  positiveNumber,
  rateValue,
  wholeNumber,
} from '../flag-value.ts';
import { collectOverride } from '../override-flag.ts';
import type { TrustFlags } from '../trust-flags.ts';

interface Options extends TrustFlags {
  readonly objective: readonly string[];
  readonly start: number;
  readonly max: number;
  readonly for: number;
  readonly timeout: number;
  readonly resolution: number;
  readonly confirm: number;
  readonly trials: number;
  readonly seed: number;
  readonly set: readonly (readonly [string, string])[];
  /** False with `--no-closed`. */
  readonly closed: boolean;
  readonly connections: number;
  readonly json?: true;
}

export function addCapacity(program: Command, context: CommandContext): void {
  program
    .command('capacity')
    .description('the highest open-loop rate that meets an objective: searched, and confirmed')
    .argument(
      '[target]',
      'a URL, or a scenario whose system and mix are driven (its faults are not)',
      'steady',
    )
    .option(
      '--objective <gate>',
      `what must hold, such as "p99 < 100ms"; may be repeated (usual: ${USUAL_OBJECTIVE.join(', ')})`,
      collectText,
      [],
    )
    .option('--start <rate>', 'the first rate that is tried', rateValue, 20)
    .option('--max <rate>', 'the highest rate that may be tried', rateValue, 50_000)
    .addOption(
      durationOption('--for <duration>', 'how long a trial lasts, after a warm-up of a fifth of it', '10s'),
    )
    .addOption(durationOption('--timeout <duration>', 'give a request up after this', '5s'))
    .option(
      '--resolution <share>',
      'how near the answer is to the first rate that misses',
      positiveNumber,
      0.05,
    )
    .option('--confirm <number>', 'how often the answer must hold, for twice as long', countNumber, 2)
    .option('--trials <number>', 'trials at most', countNumber, 40)
    .option('--seed <number>', 'of the first trial; each later one has the next', wholeNumber, 1)
    .option('--set <path=value>', 'override one value of the scenario, as `run --set`', collectOverride, [])
    .option('--ca <file>', 'certificate authority (PEM) to trust for https, and nobody else')
    .addOption(
      new Option('--insecure', "take an https target's certificate whoever signed it").conflicts('ca'),
    )
    .option('--no-closed', 'leave out the closed-loop saturation that is shown beside the answer')
    .option('--connections <number>', 'connections of the closed loop', countNumber, 50)
    .option('--json', 'print one JSON document')
    .addHelpText('after', HELP)
    .action((target: string, options: Options) => capacity(target, options, context));
}

const HELP = `
A rate is doubled until it misses the objective twice, the gap halved until it is within the resolution, and the answer
confirmed. Rates are journeys a second; a trial in which the load generator itself could not keep up counts neither way.

Exit codes: 0 found · 1 not even the lowest rate meets it · 3 "at least": the generator or --max was the limit ·
4 nothing answered

Examples:
  stormcart capacity http://127.0.0.1:8080/ --objective "p99 < 50ms" --objective "success >= 99.9%"
  stormcart capacity                                       the shop, with the mix of scenarios/steady.yaml
  stormcart capacity steady --set policies.cache=none      what is the cache's breaker worth?`;

async function capacity(target: string, options: Options, context: CommandContext): Promise<void> {
  const { terminal, signal, exitWith } = context;
  const { start, max, resolution } = options;
  if (start > max) throw badRange(start, max);
  if (target.includes('://') && options.set.length > 0) throw setOfNothing(target);
  const opened = await openSubject(target, options, context);
  try {
    const { subject, title } = opened;
    const objective = readObjective(
      options.objective.length === 0 ? USUAL_OBJECTIVE : options.objective,
      opened.vocabulary,
    );
    terminal.message(`${title}: ${objective.map(({ text }) => text).join(', ')}`);
    const found = await findCapacity({
      subject: { ...subject, objective },
      search: {
        startPerSecond: start,
        maxPerSecond: max,
        resolution,
        confirmations: options.confirm,
        trialsMax: options.trials,
      },
      trialMs: options.for,
      seed: options.seed,
      signal,
      ...progressOf(options, context),
    });
    const closedLoop = options.closed ? await saturate(opened, options, context) : undefined;
    const report: CapacityReport = {
      format: 'stormcart-capacity',
      version: 1,
      target: title,
      objective: objective.map(({ text }) => text),
      trialMs: options.for,
      resolution,
      answer: found.end,
      trials: found.trials,
      ...(closedLoop === undefined ? {} : { closedLoop }),
    };
    terminal.data(
      options.json === true ? JSON.stringify(report, null, 2) : capacitySummary(report, terminal.dataStyle),
    );
    if (isInconclusive(found.end)) exitWith(exitCodes.inconclusive);
    else if (found.end.kind === 'none') exitWith(exitCodes.fail);
  } finally {
    await opened.close();
  }
  signal.throwIfAborted();
}

function progressOf(
  { for: trialMs }: Options,
  { terminal }: CommandContext,
): Pick<CapacityOptions, 'onTrial' | 'onResult'> {
  let latest: Parameters<CapacityOptions['onTrial']>[0] = 'grow';
  return {
    onTrial: (purpose, perSecond) => {
      latest = purpose;
      terminal.status(`trying ${formatCount(perSecond)}/s for ${formatSpan(trialMs)}`);
    },
    onResult: (result) => terminal.message(trialLine({ ...result, purpose: latest })),
  };
}

async function saturate(
  { closedUrl }: OpenedSubject,
  { connections, for: forMs, timeout }: Options,
  { terminal, signal }: CommandContext,
): Promise<CapacityReport['closedLoop']> {
  terminal.message(
    `closed loop with ${plural(connections, 'connection')} on ${closedUrl.href} for ${formatSpan(forMs)}`,
  );
  const result = await runClosedLoop({ url: closedUrl, connections, forMs, timeoutMs: timeout, signal });
  return { ...result, url: closedUrl.href };
}

function setOfNothing(target: string): AppError {
  return new AppError({
    kind: 'usage',
    code: 'NOTHING_TO_SET',
    message: `--set changes a scenario, and ${target} is none`,
    hint: 'Leave it out, or give a scenario: stormcart capacity steady --set policies.cache=none',
  });
}

function badRange(start: number, max: number): AppError {
  return new AppError({
    kind: 'usage',
    code: 'BAD_RANGE',
    message: `--start ${start}/s is above --max ${max}/s`,
    hint: 'Give a lower first rate, or allow more.',
  });
}
