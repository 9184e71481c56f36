import { once } from 'node:events';
import { AppError, messageOf } from '@stormcart/core';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { findLogFiles } from '../../logs/find-run.ts';
import { type LogLevel, logLevels } from '../../logs/log-entry.ts';
import { type LogSearch, queryLogs } from '../../logs/query-logs.ts';
import { jsonOfEntry, showEntry } from '../../logs/show-entry.ts';
import { parseTimeBound, type TimeBound } from '../../logs/time-bound.ts';
import { plural } from '../../report/format.ts';
import { openWorkspace } from '../../workspace/workspace.ts';
import type { CommandContext } from '../command-line.ts';

interface Options {
  readonly run: string;
  readonly order?: string;
  readonly request?: string;
  readonly customer?: number;
  readonly service?: string;
  readonly level?: LogLevel;
  readonly since?: TimeBound;
  readonly until?: TimeBound;
  readonly grep?: RegExp;
  readonly json?: true;
}

export function addLogs(program: Command, context: CommandContext): void {
  program
    .command('logs')
    .description('everything that services, balancer and stores logged in a run, in order of time')
    .option('--run <dir>', 'a run directory, or `latest`', 'latest')
    .option('--order <id>', 'lines of this order, and of every request that touched it')
    .option('--request <id>', 'lines of this request or trace, in every process that it went through')
    .option('--customer <id>', 'lines of this customer', wholeNumber)
    .option('--service <name>', 'lines of one process: orders, orders/1, balancer, mariadb')
    .addOption(new Option('--level <level>', 'this urgent or more').choices(logLevels))
    .option('--since <time>', '10s before the end, +10s after the beginning, or an ISO time', timeBound)
    .option('--until <time>', 'the same', timeBound)
    .option('--grep <pattern>', 'a regular expression, tried on the whole line', pattern)
    .option('--json', 'one JSON document per line')
    .addHelpText('after', EXAMPLES)
    .action((options: Options) => showLogs(options, context));
}

const EXAMPLES = `
Examples:
  stormcart logs --order 0190a1b2-0000-7000-8000-000000000000
  stormcart logs --level warn --since 10s
  stormcart logs --run .stormcart/runs/20261123-213249-redis-blackhole --service mariadb --json`;

async function showLogs(options: Options, { terminal, signal }: CommandContext): Promise<void> {
  const files = await findLogFiles(options.run, openWorkspace().runsFolder);
  let count = 0;
  for await (const entry of queryLogs(files, searchOf(options))) {
    signal.throwIfAborted();
    // A reader that has seen enough (`| head`) ends the search.
    if (!process.stdout.writable) return;
    terminal.data(options.json === true ? jsonOfEntry(entry) : showEntry(entry, terminal.dataStyle));
    count += 1;
    if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain', { signal });
  }
  if (count === 0) terminal.message(`nothing matches in ${plural(files.length, 'log file')}`);
}

function searchOf({ order, request, customer, service, level, since, until, grep }: Options): LogSearch {
  return {
    ...(order === undefined ? {} : { orderId: order.toLowerCase() }),
    ...(request === undefined ? {} : { requestId: request }),
    ...(customer === undefined ? {} : { customerId: customer }),
    ...(service === undefined ? {} : { source: service }),
    ...(level === undefined ? {} : { level }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(grep === undefined ? {} : { pattern: grep }),
  };
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('expected a whole number.');
  return Number(text);
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text, 'i');
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
}

function timeBound(text: string): TimeBound {
  try {
    return parseTimeBound(text);
  } catch (error) {
    throw new InvalidArgumentError(
      error instanceof AppError ? (error.hint ?? error.message) : messageOf(error),
    );
  }
}
