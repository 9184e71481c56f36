/**
 * What a request costs its client, in one run: `npm run bench:load`. Each client is a process of its own and they take
 * turns in short slices, because a machine that other people use too changes from second to second; the server is the
 * same for all and does next to nothing. `--memory 5000000` sends that many through the open loop instead, and shows
 * what its process holds meanwhile. Exit codes: 0 all goals met · 1 one missed · 2 bad usage · 130 interrupted.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Contender, findContenders } from './contenders.ts';
import { type MemoryRow, watchMemory } from './memory.ts';
import { type Course, courseOf, judge, memoryTable, table } from './summary.ts';

const HELP = `npm run bench:load -- [options]

CPU time of a request, for the open-loop driver and its peers, slice by slice in turns.

  --slices N     slices of each client, 1 to 50 (default 7; each takes some 10 s)
  --rate N       requests a second for those that keep a rate (default 10000)
  --memory N     instead: send N requests through the open loop and show its memory
  --json         one JSON document on standard output
  --help         this text`;

const MEMORY_MAX = 50_000_000;
/** Long enough that a start with cold code and no connection yet is not what decides over its slip. */
const SLICE_MS = 5_000;
/** As many as the figures in the design were taken with. */
const CONNECTIONS = 32;

const values = readOptions();
if (values !== undefined) await main(values);

interface Options {
  readonly slices: number;
  readonly rate: number;
  readonly memory: number;
  readonly json: boolean;
}

function readOptions(): Options | undefined {
  try {
    const { values: given } = parseArgs({
      options: {
        slices: { type: 'string', default: '7' },
        rate: { type: 'string', default: '10000' },
        memory: { type: 'string', default: '0' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (given.help) {
      process.stdout.write(`${HELP}\n`);
      return undefined;
    }
    return {
      slices: wholeNumber('--slices', given.slices, 1, 50),
      rate: wholeNumber('--rate', given.rate, 100, 100_000),
      memory: wholeNumber('--memory', given.memory, 0, MEMORY_MAX),
      json: given.json,
    };
  } catch (error) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n\n${HELP}\n`);
    process.exitCode = 2;
    return undefined;
  }
}

function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new Error(`${flag} ${text}: a whole number from ${least} to ${most}`);
}

async function main(options: Options): Promise<void> {
  const stopped = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => stopped.abort(new Error(`interrupted by ${name}`)));
  }
  const server = fork(fileURLToPath(new URL('./server-main.ts', import.meta.url)));
  try {
    const [{ port }] = (await once(server, 'message')) as [{ readonly port: number }];
    const url = `http://127.0.0.1:${port}/api/product?id=17`;
    if (options.memory > 0) await showMemory(new URL(url), options, stopped.signal);
    else await compare(url, options, stopped.signal);
  } finally {
    server.disconnect();
  }
  if (stopped.signal.aborted) process.exitCode = 130;
}

async function compare(url: string, { slices, rate, json }: Options, signal: AbortSignal): Promise<void> {
  const contenders = await findContenders();
  const courses = contenders.map(({ name, keepsRate }) => courseOf(name, keepsRate));
  for (let slice = 0; slice < slices && !signal.aborted; slice += 1) {
    for (const [place, contender] of contenders.entries()) {
      // Each slice begins with another client: none always runs after the same neighbour.
      const turn = (place + slice) % contenders.length;
      const [next, course] = [contenders[turn] ?? contender, courses[turn]];
      if (signal.aborted) break;
      process.stderr.write(`slice ${slice + 1} of ${slices}: ${next.name}\n`);
      await runSlice(next, course, { url, forMs: SLICE_MS, perSecond: rate, connections: CONNECTIONS });
    }
  }
  if (signal.aborted) return;
  const verdict = judge(courses);
  if (json) process.stdout.write(`${JSON.stringify({ rate, slices, courses, verdict }, null, 2)}\n`);
  else process.stdout.write(`${table(courses, rate)}\n${verdict.lines.join('\n')}\n`);
  process.exitCode = verdict.isGood ? 0 : 1;
}

async function runSlice(
  contender: Contender,
  course: Course | undefined,
  slice: Parameters<Contender['run']>[0],
): Promise<void> {
  course?.results.push(await contender.run(slice));
}

async function showMemory(url: URL, { memory, rate, json }: Options, signal: AbortSignal): Promise<void> {
  const rows: MemoryRow[] = [];
  await watchMemory(url, memory, rate, signal, (row) => {
    rows.push(row);
    process.stderr.write(`${row.requests} requests: heap ${row.heapMib.toFixed(1)} MiB\n`);
  });
  const text = json ? JSON.stringify({ rate, rows }, null, 2) : memoryTable(rows);
  process.stdout.write(`${text}\n`);
}
