/**
 * A whole drill under somebody's fingers: `npm run test:dash`. In tmux: starts a drill with `--dash`, injects a fault by
 * keys, sees availability fall and come back, aborts; then the terminal must be sane, the exit code 130, the fault gone,
 * and the recorded scenario must show the same outage again within one slice. Prints the screens. Takes two minutes.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../../src/report/report.ts';
import { processesOfRuns, repository, runCli } from '../fixture/cli.ts';

const SCENARIO = `version: 1
name: by-keys
about: A calm shop, until somebody presses a key.
seed: 7
load:
  mix: {browse: 70, search: 15, cart: 10, checkout: 5}
  stages:
    - {for: 2s, rate: 40/s, warmup: true}
    - {for: 60s, rate: 40/s}
availability: {slice: 500ms, down: success < 90%, objective: 99%}
gates: [availability >= 50%]
audit: all
`;
const SLICE_MS = 500;

const folder = await mkdtemp(join(tmpdir(), 'stormcart-keys-'));
const socket = join(folder, 'tmux');
const tmux = (...words: readonly string[]): string =>
  execFileSync('tmux', ['-S', socket, ...words], { encoding: 'utf8' });
const screen = (): string => tmux('capture-pane', '-p', '-t', 'drill');
const press = async (...keys: readonly string[]): Promise<void> => {
  for (const key of keys) {
    tmux('send-keys', '-t', 'drill', key);
    await sleep(300);
  }
};
const type = async (text: string): Promise<void> => {
  tmux('send-keys', '-t', 'drill', '-l', text);
  await sleep(400);
};

async function until(what: string, isThere: (text: string) => boolean, forMs = 30_000): Promise<string> {
  const endsAtMs = performance.now() + forMs;
  for (;;) {
    const text = screen();
    if (isThere(text)) return text;
    if (performance.now() > endsAtMs) throw new Error(`never seen: ${what}\n${text}`);
    await sleep(200);
  }
}

function show(title: string, text: string): void {
  process.stdout.write(`\n== ${title}\n${text.trimEnd()}\n`);
}

function demand(isTrue: boolean, what: string): void {
  process.stdout.write(`${isTrue ? 'ok  ' : 'FAIL'}  ${what}\n`);
  if (!isTrue) process.exitCode = 1;
}

try {
  const file = join(folder, 'by-keys.yaml');
  await writeFile(file, SCENARIO);
  const runs = join(folder, 'runs');
  const program = `npx stormcart run ${file} --dash --out ${runs}; echo "exit code $?"; stty -a | grep -o -- '-\\?echo\\b'; exec sleep 600`;
  tmux(
    '-f',
    '/dev/null',
    'new-session',
    '-d',
    '-s',
    'drill',
    '-x',
    '120',
    '-y',
    '40',
    '-c',
    repository,
    program,
  );
  show(
    'baseline',
    await until(
      'a calm drill',
      (text) => /under load: baseline/.test(text) && / [5-9]\.\d s of/.test(text),
      60_000,
    ),
  );

  await press('f');
  await type('link down');
  show('choosing the fault', await until('the filtered kinds', (text) => text.includes('link down')));
  await press('Enter');
  await until('the targets', (text) => text.includes('client->balancer'));
  await type('client->');
  show('choosing its target', screen());
  await press('Enter');
  show('its length', await until('the settings', (text) => /for/.test(text)));
  await press('Enter');
  const asked = await until('the question', (text) => /Sure|y do it/.test(text));
  show('the question', asked);
  await press('y');
  show('the outage', await until('an outage', (text) => /outages +! \d/.test(text)));
  show('well again', await until('the end of the fault', (text) => /hand-1 off/.test(text)));
  // Three good slices and some more, so that the outage's end lies before the abort.
  await sleep(6_000);
  await press('a');
  await until('the question', (text) => text.includes('Abort the drill?'));
  await press('y');
  show('over', await until('the verdict', (text) => text.includes('the drill is over'), 60_000));
  await press('q');
  const after = await until('the exit code', (text) => /exit code \d+/.test(text), 30_000);
  show('the terminal afterwards', after);

  const [run] = (await readdir(runs)).filter((name) => name.endsWith('by-keys'));
  const report = JSON.parse(await readFile(join(runs, run ?? '', 'report.json'), 'utf8')) as Report;
  demand(after.includes('exit code 130'), 'the exit code is 130');
  demand(/^echo$/m.test(after), 'the terminal echoes again');
  demand(
    report.faults.length > 0 && report.faults.every(({ isVerified }) => isVerified),
    'the fault is gone, looked for',
  );
  demand((await processesOfRuns('by-keys')).length === 0, 'no process is left');
  demand(report.availability.outages.length > 0, 'there was an outage');

  const played = await runCli([
    'run',
    join(runs, run ?? '', 'played.yaml'),
    '--json',
    '--out',
    join(folder, 'again'),
  ]);
  const [again] = (JSON.parse(played.stdout) as { readonly runs: readonly Report[] }).runs;
  const spans = [report, again].map((each) => spanOf(each));
  process.stdout.write(
    `outage by hand ${JSON.stringify(spans[0])}, played again ${JSON.stringify(spans[1])}\n`,
  );
  const [first, second] = spans;
  demand(
    first !== undefined &&
      second !== undefined &&
      Math.abs(first.startMs - second.startMs) <= SLICE_MS &&
      Math.abs(first.endMs - second.endMs) <= SLICE_MS,
    'the recorded scenario shows the same outage within one slice',
  );
} finally {
  try {
    tmux('kill-server');
  } catch {
    // It has ended by itself.
  }
  await rm(folder, { recursive: true, force: true });
}

/** From the first slice that was down to the end of the last one. */
function spanOf(
  report: Report | undefined,
): { readonly startMs: number; readonly endMs: number } | undefined {
  const outages = report?.availability.outages ?? [];
  const [first] = outages;
  const last = outages.at(-1);
  return first && last && { startMs: first.startMs, endMs: last.endMs };
}
