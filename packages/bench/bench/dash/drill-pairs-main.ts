/**
 * Whether a dashboard disturbs the drill that it shows: `npm run bench:dash-pairs`. The same drill with and without one,
 * by turns, each pair with its own seed and in its own order; `compare` judges p99 and the generator's lateness. Shows
 * the dashboard's own CPU beside it. Both sides run with `--open`, so that only the dashboard differs. `--pairs 6`.
 * Exit codes: 0 no difference that `compare` calls worse, and at most 8 % of a core · 1 otherwise.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { repository, runCli } from '../../test/fixture/cli.ts';

const { values } = parseArgs({
  options: { pairs: { type: 'string', default: '6' }, scale: { type: 'string', default: '0.6' } },
});
const pairs = Number(values.pairs);
/** The clock ticks of /proc, by convention of every Linux. */
const TICKS_PER_SECOND = 100;
/** The limit. */
const CPU_SHARE_MOST = 0.08;
const PROGRAM = join(repository, 'packages/bench/bin/stormcart.mjs');

const folder = await mkdtemp(join(tmpdir(), 'stormcart-pairs-'));
const cpuShares: number[] = [];
try {
  for (let pair = 1; pair <= pairs; pair += 1) {
    const order = pair % 2 === 1 ? (['without', 'with'] as const) : (['with', 'without'] as const);
    for (const side of order) {
      process.stderr.write(`pair ${pair} of ${pairs}: ${side} a dashboard\n`);
      await runSide(side, pair);
    }
  }
  const judged = await runCli([
    'compare',
    ...(await runsOf('without')),
    '--with',
    ...(await runsOf('with')),
    '--paired',
    '--metric',
    'p99',
    '--metric',
    'slip',
  ]);
  process.stdout.write(`${judged.stdout}${judged.stderr}`);
  const sorted = cpuShares.toSorted((left, right) => left - right);
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const most = sorted.at(-1) ?? Number.NaN;
  process.stdout.write(
    `CPU of the dashboard, of a core: median ${percent(median)}, most ${percent(most)} (limit 8 %)\n`,
  );
  if (judged.code === 1 || !(median <= CPU_SHARE_MOST)) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function runsOf(side: string): Promise<readonly string[]> {
  return (await readdir(join(folder, side))).toSorted().map((run) => join(folder, side, run));
}

async function runSide(side: 'with' | 'without', seed: number): Promise<void> {
  const runs = join(folder, side);
  const known = new Set(await readdir(runs).catch(() => []));
  const flags = ['--open', '--seed', String(seed), '--scale', values.scale, '--out', runs];
  const drill = runCli(['run', 'steady', ...flags]);
  if (side === 'without') {
    await drill;
    return;
  }
  const run = await newRun(runs, known);
  const dashboard = startDashboard(run);
  const measured = measureCpu(run);
  await drill;
  cpuShares.push(await measured);
  if (dashboard.exitCode === null) await new Promise((resolve) => dashboard.once('exit', resolve));
}

async function newRun(runs: string, known: ReadonlySet<string>): Promise<string> {
  for (let look = 0; look < 200; look += 1) {
    const name = (await readdir(runs).catch(() => [])).find((each) => !known.has(each));
    if (name !== undefined && (await readdir(join(runs, name))).includes('control.json'))
      return join(runs, name);
    await sleep(50);
  }
  throw new Error('the drill has not begun');
}

/** In a pseudo-terminal of 120 × 40, which `script` makes. */
function startDashboard(run: string): ChildProcess {
  const command = `stty cols 120 rows 40; exec '${process.execPath}' '${PROGRAM}' dash --attach '${run}' --leave-at-end`;
  return spawn('script', ['-qec', command, '/dev/null'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...process.env, TERM: 'xterm-256color' },
  });
}

/** Share of a core that the dashboard used from its third second to its end. */
async function measureCpu(run: string): Promise<number> {
  const pid = await pidOfDashboard(run);
  await sleep(3_000);
  const first = { ticks: await ticksOf(pid), atMs: performance.now() };
  let last = first;
  for (;;) {
    await sleep(500);
    const ticks = await ticksOf(pid).catch(() => undefined);
    if (ticks === undefined) break;
    last = { ticks, atMs: performance.now() };
  }
  return (last.ticks - first.ticks) / TICKS_PER_SECOND / ((last.atMs - first.atMs) / 1_000);
}

async function pidOfDashboard(run: string): Promise<number> {
  for (let look = 0; look < 100; look += 1) {
    for (const entry of await readdir('/proc')) {
      if (!/^\d+$/.test(entry)) continue;
      const words = (await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '')).split('\0');
      if (words[0] === process.execPath && words.includes('dash') && words.includes(run))
        return Number(entry);
    }
    await sleep(100);
  }
  throw new Error('the dashboard has not begun');
}

async function ticksOf(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
