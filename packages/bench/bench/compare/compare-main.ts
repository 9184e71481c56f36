/**
 * Whether comparisons can be believed: `npm run bench:compare`. A server is compared with itself 40 times, at most two of
 * which may be called worse or better, and with one whose service time is a tenth longer 20 times, of which 18 must find
 * it; real servers, the real driver, the real A/B machinery. Takes some 40 minutes. `--for 4m` ends after the comparison
 * in which 4 minutes are over and keeps what is there in `.stormcart/bench-compare.json`; the same command goes on from
 * there, `--fresh` begins anew. `--simulate` does it for thousands of comparisons on simulated machines instead.
 * Exit codes: 0 as wanted · 1 not · 3 not all there yet · 130 interrupted.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { duration } from '@stormcart/core';
import { machineKinds } from '../../test/fixture/simulated-machine.ts';
import { type MeasuredComparison, measureComparison } from './measured-comparison.ts';
import { simulate } from './simulate.ts';
import { measuredTable, type SimulatedRow, simulatedTable } from './tables.ts';

const KEPT_FILE = resolve('.stormcart/bench-compare.json');
const SLOWDOWN = 1.1;
/** What issue 5 asks for. */
const parts = [
  { title: 'A/A: a server and itself', slowness: 1, count: 40 },
  { title: 'A planted slowdown: 10 % more service time', slowness: SLOWDOWN, count: 20 },
] as const;
const MOST_WRONG = 2;
const LEAST_FOUND = 18;

const { values } = parseArgs({
  options: {
    for: { type: 'string', default: '24h' },
    fresh: { type: 'boolean', default: false },
    simulate: { type: 'boolean', default: false },
  },
});
const stopped = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => stopped.abort(new Error(`interrupted by ${name}`)));
}
const say = (text: string): void => void process.stdout.write(`${text}\n`);

if (values.simulate) await simulateAll();
else await measureAll();

async function measureAll(): Promise<void> {
  const forMs = duration.parse(values.for);
  if (forMs === undefined) {
    process.stderr.write(`--for ${values.for}: a duration such as ${duration.example}\n`);
    process.exitCode = 2;
    return;
  }
  if (values.fresh) await rm(KEPT_FILE, { force: true });
  const done = await readKept();
  const startedMs = performance.now();
  for (const { slowness, count } of parts) {
    for (let index = 1; index <= count && performance.now() - startedMs < forMs; index += 1) {
      if (done.some((each) => each.slowness === slowness && each.index === index)) continue;
      const comparison = await measureComparison(slowness, index, stopped.signal).catch((error: unknown) => {
        if (!stopped.signal.aborted) throw error;
        return undefined;
      });
      if (comparison === undefined) {
        process.exitCode = 130;
        return;
      }
      done.push(comparison);
      await keep(done);
      process.stderr.write(
        `${slowness} × no. ${index}: ${comparison.verdict} after ${comparison.pairCount} pairs\n`,
      );
    }
  }
  for (const { title, slowness } of parts) say(`${measuredTable(title, ofPart(done, slowness))}\n`);
  process.exitCode = judge(done);
}

function judge(done: readonly MeasuredComparison[]): number {
  if (parts.some(({ slowness, count }) => ofPart(done, slowness).length < count)) {
    say('not all comparisons are there yet; the same command goes on');
    return 3;
  }
  const wrong = ofPart(done, 1).filter(({ verdict }) => verdict === 'worse' || verdict === 'better').length;
  const found = ofPart(done, SLOWDOWN).filter(({ verdict }) => verdict === 'worse').length;
  say(`wrong: ${wrong} (at most ${MOST_WRONG}); found: ${found} (at least ${LEAST_FOUND})`);
  return wrong <= MOST_WRONG && found >= LEAST_FOUND ? 0 : 1;
}

function ofPart(done: readonly MeasuredComparison[], slowness: number): readonly MeasuredComparison[] {
  return done
    .filter((each) => each.slowness === slowness)
    .toSorted((left, right) => left.index - right.index);
}

async function readKept(): Promise<MeasuredComparison[]> {
  const text = await readFile(KEPT_FILE, 'utf8').catch(() => '[]');
  return JSON.parse(text) as MeasuredComparison[];
}

async function keep(done: readonly MeasuredComparison[]): Promise<void> {
  await mkdir(dirname(KEPT_FILE), { recursive: true });
  await writeFile(KEPT_FILE, `${JSON.stringify(done, null, 2)}\n`);
}

async function simulateAll(): Promise<void> {
  const rows: SimulatedRow[] = [];
  for (const kind of Object.values(machineKinds)) {
    for (const slowness of [1, SLOWDOWN, 1 / SLOWDOWN, 1.5]) {
      if (stopped.signal.aborted) break;
      const comparisons = slowness === 1 ? 2_000 : 500;
      const size = {
        requestCount: 300,
        pairsMax: 40,
        resamples: 999,
        metrics: ['p50', 'p90', 'p99', 'success'],
      };
      const result = await simulate({ ...size, kind, slowness, comparisons });
      rows.push({ machine: kind.name, slowness: Number(slowness.toFixed(2)), comparisons, ...result });
      process.stderr.write(`${kind.name}, ${slowness.toFixed(2)} ×: done\n`);
    }
  }
  say(simulatedTable(rows));
  if (stopped.signal.aborted) process.exitCode = 130;
}
