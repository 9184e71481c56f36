import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { systemClock } from '@stormcart/core';
import { type FakeDrill, startFakeDrill } from '../../test/dashboard/fake-drill.ts';
import { markdownTable } from '../markdown-table.ts';
import { entryAt, STATE_EVERY_MS, STATES_PER_HOUR, stateAt } from './hour.ts';
import type { ViewerFigures } from './viewer-main.ts';

// What the dashboard costs: its share of a core at four states a second, and its memory over an hour's worth of
// events replayed at speed. The drill is played by recorded states; `npm run bench:dash`.

const STEADY_MS = 20_000;
const SETTLE_MS = 1_000;
/** The issue's limit. */
const CPU_SHARE_MOST = 0.08;
/** What collections leave behind differs by about 1 MB from one to the next. */
const HEAP_GROWTH_MOST = 0.1;
/** After as many seconds the state is as long as it gets, and after 2,000 lines the log is full. */
const FULL_AFTER_STATES = (2_100 * 1_000) / STATE_EVERY_MS;

await using drill = await startFakeDrill(stateAt(0));
const viewer = fork(new URL('viewer-main.ts', import.meta.url), [JSON.stringify(drill.control)], {
  execArgv: ['--expose-gc'],
});
try {
  await untilListened(drill);
  const cpuShare = await measureSteady(drill, viewer);
  const { full, end, tookMs } = await replayHour(drill, viewer);
  const growth = end.heapBytes / full.heapBytes - 1;
  process.stdout.write(
    `${markdownTable(
      ['figure', 'measured', 'limit'],
      [
        ['CPU at 4 states/s, 200x60', `${(cpuShare * 100).toFixed(1)} % of a core`, '8 %'],
        ['heap with a full log', mebibytes(full.heapBytes), ''],
        ['heap after an hour of events', mebibytes(end.heapBytes), '+10 %'],
        ['resident with a full log', mebibytes(full.residentBytes), ''],
        ['resident after an hour', mebibytes(end.residentBytes), ''],
        ['the hour was replayed in', `${(tookMs / 1_000).toFixed(1)} s`, ''],
        ['written to the terminal', mebibytes(end.writtenBytes), ''],
      ],
    )}\n`,
  );
  if (cpuShare > CPU_SHARE_MOST || growth > HEAP_GROWTH_MOST) process.exitCode = 1;
} finally {
  if (viewer.connected) viewer.send('leave');
  if (viewer.exitCode === null) await once(viewer, 'exit');
}

async function untilListened(to: FakeDrill): Promise<void> {
  const untilMs = systemClock.now() + 10_000;
  while (to.listenerCount === 0) {
    if (systemClock.now() > untilMs) throw new Error('the dashboard did not connect');
    await systemClock.sleep(50);
  }
}

/** From the fifth minute on, so that every part of the state is as long as it gets. */
async function measureSteady(to: FakeDrill, of: ChildProcess): Promise<number> {
  const startMs = systemClock.now();
  const before = await figuresOf(of);
  for (let tick = 1; tick * STATE_EVERY_MS <= STEADY_MS; tick += 1) {
    const atMs = 300_000 + tick * STATE_EVERY_MS;
    to.tell(stateAt(atMs));
    if (atMs % 1_000 === 0) to.log({ ...entryAt(atMs), number: tick });
    await systemClock.sleep(startMs + tick * STATE_EVERY_MS - systemClock.now());
  }
  const after = await figuresOf(of);
  return (after.cpuMs - before.cpuMs) / (systemClock.now() - startMs);
}

async function replayHour(
  to: FakeDrill,
  of: ChildProcess,
): Promise<{ readonly full: ViewerFigures; readonly end: ViewerFigures; readonly tookMs: number }> {
  const startMs = systemClock.now();
  let full: ViewerFigures | undefined;
  for (let index = 0; index < STATES_PER_HOUR; index += 1) {
    const atMs = index * STATE_EVERY_MS;
    to.tell(stateAt(atMs));
    if (atMs % 1_000 === 0) to.log({ ...entryAt(atMs), number: 1_000 + index });
    await to.drained();
    if (index === FULL_AFTER_STATES) {
      await systemClock.sleep(SETTLE_MS);
      full = await figuresOf(of);
    }
  }
  // What was sent last is still being read.
  await systemClock.sleep(SETTLE_MS);
  if (to.resumedFrom.length !== 1)
    throw new Error('the dashboard lost its connection, and with it a part of the hour');
  if (full === undefined) throw new Error('the hour was too short to fill the log');
  return { full, end: await figuresOf(of), tookMs: systemClock.now() - startMs - 2 * SETTLE_MS };
}

async function figuresOf(child: ChildProcess): Promise<ViewerFigures> {
  const answer = once(child, 'message');
  child.send('figures');
  const [figures] = (await answer) as [ViewerFigures];
  return figures;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`;
}
