import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pollUntil } from '@stormcart/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ControlFile, controlFileFormat } from '../src/control/control-file.ts';
import type { DrillState } from '../src/control/drill-state.ts';
import type { Report } from '../src/report/report.ts';
import { type Ended, processesOfRuns, repository, runCli, type Started, startCli } from './fixture/cli.ts';

const SYSTEM = join(repository, 'examples/short-links/my-system.ts');
const SCENARIO = `version: 1
name: steered-links
sut: ${SYSTEM}
# Every link is asked of the service behind: without it nothing is answered.
policies: {cache: none}
load:
  mix: {follow: 9, shorten: 1}
  stages:
    - {for: 1s, rate: 50/s, warmup: true}
    - {for: 60s, rate: 50/s}
availability: {slice: 200ms, down: success < 80%}
gates:
  - success >= 1%
audit: [links-kept]
`;

let folder: string;
const started: Started[] = [];

beforeAll(async () => {
  await mkdir(join(repository, '.stormcart'), { recursive: true });
  folder = await mkdtemp(join(repository, '.stormcart', 'test-control-'));
});

afterAll(async () => {
  // A test that failed half-way has left its drill running.
  for (const { child } of started) child.kill('SIGINT');
  await Promise.all(started.map(({ ended }) => ended));
  await rm(folder, { recursive: true, force: true });
}, 30_000);

function start(args: readonly string[]): Promise<Ended> {
  const program = startCli(args);
  started.push(program);
  return program.ended;
}

async function runFolder(): Promise<string> {
  const runs = join(folder, 'runs');
  const [run] = await readdir(runs).catch(() => []);
  return join(runs, run ?? 'none');
}

const eventually = (isTrue: () => Promise<boolean>): Promise<void> =>
  pollUntil(() => isTrue().catch(() => false), { everyMs: 100, signal: AbortSignal.timeout(30_000) });

function clientOf({ url, token }: ControlFile) {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  return {
    state: async () => (await (await fetch(`${url}/v1/state`, { headers })).json()) as DrillState,
    command: async (command: unknown) => {
      const answer = await fetch(`${url}/v1/commands`, {
        method: 'POST',
        headers,
        body: JSON.stringify(command),
      });
      return { status: answer.status, body: (await answer.json()) as { readonly id?: string } };
    },
  };
}

it('is broken, paused, hurried and ended by hand, and can be played again', async () => {
  const file = join(folder, 'steered.yaml');
  await writeFile(file, SCENARIO);
  const running = start(['run', file, '--open', '--out', join(folder, 'runs')]);
  await eventually(async () => (await readFile(join(await runFolder(), 'control.json'))).length > 0);
  const run = await runFolder();
  const control = controlFileFormat.parse(JSON.parse(await readFile(join(run, 'control.json'), 'utf8')));
  const { state, command } = clientOf(control);
  await eventually(async () => (await state()).phase === 'baseline' && (await state()).ledger.planned > 60);

  const injected = await command({
    do: 'inject',
    fault: { for: '30s', link: 'web->links', toxic: 'down' },
  });
  expect(injected).toMatchObject({ status: 200, body: { id: 'hand-1' } });
  await eventually(async () => (await state()).outages.some(({ fault }) => fault === 'hand-1'));
  expect((await state()).faults).toMatchObject([{ id: 'hand-1', state: 'on', isByHand: true }]);
  expect((await command({ do: 'clear', id: 'hand-1' })).status).toBe(200);
  await eventually(async () => (await state()).seconds.at(-1)?.availability === 1);

  expect((await command({ do: 'pause' })).status).toBe(200);
  const paused = (await state()).ledger.planned;
  await new Promise((resolve) => setTimeout(resolve, 700));
  // What was under way when it was paused still ends.
  expect((await state()).ledger.planned - paused).toBeLessThan(10);
  expect((await command({ do: 'rate', factor: 3 })).status).toBe(200);
  const hurried = (await state()).ledger.planned;
  await eventually(async () => (await state()).ledger.planned > hurried + 150);
  expect((await state()).load).toMatchObject({ factor: 3, isPaused: false });
  expect((await command({ do: 'kill', process: 'redis' })).status).toBe(200);
  await eventually(async () => (await state()).faults.at(-1)?.state === 'over');
  expect((await command({ do: 'abort' })).status).toBe(200);

  const ended = await running;
  expect(ended.code, ended.stderr).toBe(130);
  const report = JSON.parse(await readFile(join(run, 'report.json'), 'utf8')) as Report;
  expect(report.byHand?.faults).toEqual(['hand-1', 'hand-2']);
  expect(report.byHand?.steering.map(({ factor }) => factor)).toEqual([0, 3]);
  expect(report.faults.map(({ isVerified }) => isVerified)).toEqual([true, true]);
  expect(report.availability.outages.some(({ faults }) => faults.includes('hand-1'))).toBe(true);
  expect(await processesOfRuns('steered-links')).toEqual([]);
  expect(await readdir(run)).not.toContain('control.json');

  const checked = await runCli(['validate', join(run, 'played.yaml')]);
  expect(checked.code, checked.stderr).toBe(0);
}, 120_000);

it('lets nobody break what nobody could mend', async () => {
  const file = join(folder, 'closed.yaml');
  await writeFile(file, SCENARIO.replace('steered-links', 'closed-links'));
  const running = start(['run', file, '--out', join(folder, 'closed')]);
  const runOf = async (): Promise<string> =>
    join(folder, 'closed', (await readdir(join(folder, 'closed')))[0] ?? '');
  await eventually(async () => (await readFile(join(await runOf(), 'control.json'))).length > 0);
  const control = controlFileFormat.parse(
    JSON.parse(await readFile(join(await runOf(), 'control.json'), 'utf8')),
  );
  const { state, command } = clientOf(control);
  await eventually(async () => (await state()).stage === 'load');
  expect((await command({ do: 'kill', process: 'redis' })).status).toBe(409);
  expect((await command({ do: 'abort' })).status).toBe(200);
  expect((await running).code).toBe(130);
}, 60_000);

it('keeps a shop up that can be broken by hand, without any load, until it is ended', async () => {
  const program = startCli(['up', '--dash']);
  started.push(program);
  await program.said('Ctrl-C ends the shop');
  const runs = join(repository, '.stormcart', 'runs');
  const found = await Promise.all(
    (await readdir(runs)).map(async (run) => {
      const text = await readFile(join(runs, run, 'control.json'), 'utf8').catch(() => undefined);
      return text === undefined ? [] : [{ run, control: controlFileFormat.parse(JSON.parse(text)) }];
    }),
  );
  // Other tests may have shops of their own up.
  const own = found.flat().find(({ control }) => control.pid === program.child.pid);
  if (own === undefined) throw new Error('there is no control.json of this process');
  const { run, control } = own;
  const { state, command } = clientOf(control);
  await eventually(async () => (await state()).stage === 'load');
  expect((await state()).load.plannedPerSecond).toBe(0);
  expect((await command({ do: 'kill', process: 'redis' })).status).toBe(200);
  await eventually(async () => (await state()).faults[0]?.state === 'over');
  await eventually(async () => (await state()).rows.every((row) => row.state === 'ready'));
  program.child.kill('SIGINT');
  expect((await program.ended).code).toBe(130);
  expect(await processesOfRuns(run)).toEqual([]);
}, 60_000);
