/**
 * What a fault proxy without toxics costs, in one run: `npm run bench:proxy [slices]`. Beside it stand a bare
 * pass-through of Node's sockets and HAProxy in TCP mode, each in a process of its own; they take turns in short slices,
 * because a machine that other people use too changes from second to second. Clients and the echo server are in this
 * process. Exit code 1 when a goal is missed.
 */
import { availableParallelism } from 'node:os';
import { startBulkEnds } from './bulk.ts';
import { type Contender, startBare, startFaultProxy, startHaproxy } from './contender.ts';
import { startEcho } from './echo.ts';
import { type Course, holdConnections, median, openCourse, runBulkSlice, runSlice } from './measure.ts';
import { heldText, judge, tableText, verdictText } from './summary.ts';

/** In all about a minute. */
const SLICES_USUAL = 15;
const SLICES_MAX = 60;
const HELD_CONNECTIONS = 5_000;

const slices = Math.min(
  Math.max(Math.trunc(Number(process.argv[2] ?? SLICES_USUAL)) || SLICES_USUAL, 1),
  SLICES_MAX,
);
const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

await using opened = new AsyncDisposableStack();
const echo = await startEcho();
opened.defer(() => void echo.server.close());
const ends = await startBulkEnds();
opened.defer(() => ends.close());

const [bare, faultProxy, haproxy] = await startAll(echo.address);
if (haproxy === undefined) {
  say('HAProxy is not installed, so its row is missing: apt-get install --no-install-recommends haproxy');
}
const direct = await openCourse({ name: 'direct', address: echo.address });
const courses = [await openCourse(bare), await openCourse(faultProxy)];
if (haproxy !== undefined) courses.push(await openCourse(haproxy));
say(`${slices} slices of each, by turns, on ${availableParallelism()} cores`);
for (let slice = 0; slice < slices; slice += 1) {
  for (const course of turnsOf([direct, ...courses], slice)) await runSlice(course);
}
close([direct, ...courses]);

const bulkContenders = (await startAll(ends.address)).filter((contender) => contender !== undefined);
for (let slice = -1; slice < slices; slice += 1) {
  for (const contender of turnsOf(bulkContenders, slice + 1)) {
    const course = courses.find(({ figures }) => figures.name === contender.name);
    if (course === undefined) continue;
    // The first one only warms up.
    const figures =
      slice < 0 ? { ...course.figures, bulkBytesPerMs: [], bulkCpuNsPerKib: [] } : course.figures;
    await runBulkSlice(figures, contender, ends);
  }
}

const [bareFigures, ourFigures] = courses.map(({ figures }) => figures);
if (bareFigures === undefined || ourFigures === undefined) throw new Error('nothing was measured');
const verdict = judge(ourFigures, bareFigures);
say(
  tableText(
    courses.map(({ figures }) => figures),
    median(direct.figures.loneRoundTripMs),
  ),
);
say(verdictText(verdict));
const held = await holdConnections(faultProxy, HELD_CONNECTIONS);
say(heldText(held));
process.exitCode = verdict.isGood && held.answered === HELD_CONNECTIONS ? 0 : 1;

async function startAll(
  upstream: Contender['address'],
): Promise<[Contender, Contender, Contender | undefined]> {
  const start = async <Started extends Contender | undefined>(
    starting: Promise<Started>,
  ): Promise<Started> => {
    const contender = await starting;
    if (contender !== undefined) opened.defer(() => contender.close());
    return contender;
  };
  return [
    await start(startBare(upstream)),
    await start(startFaultProxy(upstream)),
    await start(startHaproxy(upstream)),
  ];
}

/** Whoever comes first may find a cooler machine: they take turns. */
function turnsOf<Item>(items: readonly Item[], slice: number): readonly Item[] {
  const first = slice % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}

function close(all: readonly Course[]): void {
  for (const { busy, lone } of all) for (const socket of [...busy, ...lone]) socket.destroy();
}
