import type { Socket } from 'node:net';
import type { BulkEnds } from './bulk.ts';
import type { Contender } from './contender.ts';
import { cpuNs, residentBytes } from './cpu-time.ts';
import { openSocket, roundTrips } from './echo.ts';

/** Enough to keep a proxy busy, as a service's pools do. */
const BUSY_CONNECTIONS = 32;
const BUSY_ROUND_TRIPS = 8_000;
const LONE_ROUND_TRIPS = 400;
const BULK_BYTES = 134_217_728;
/** Half a second of compiling; what comes later is the same for all. */
const WARM_UP_ROUND_TRIPS = 20_000;

/** One contender's figures, one per slice. */
export interface Figures {
  readonly name: string;
  readonly cpuUsPerRoundTrip: number[];
  readonly loneRoundTripMs: number[];
  readonly bulkBytesPerMs: number[];
  readonly bulkCpuNsPerKib: number[];
}

/** What is measured on: a contender, or the echo server itself, and connections through it that stay open. */
export interface Course {
  readonly figures: Figures;
  /** Undefined: no proxy, whose CPU time would be. */
  readonly pid: number | undefined;
  readonly busy: readonly Socket[];
  readonly lone: readonly Socket[];
}

export async function openCourse(
  contender: Pick<Contender, 'name' | 'address'> & { readonly pid?: number },
): Promise<Course> {
  const open = (count: number): Promise<readonly Socket[]> =>
    Promise.all(Array.from({ length: count }, () => openSocket(contender.address)));
  const course = {
    figures: {
      name: contender.name,
      cpuUsPerRoundTrip: [],
      loneRoundTripMs: [],
      bulkBytesPerMs: [],
      bulkCpuNsPerKib: [],
    },
    pid: contender.pid,
    busy: await open(BUSY_CONNECTIONS),
    lone: await open(1),
  };
  await roundTrips(course.busy, WARM_UP_ROUND_TRIPS);
  return course;
}

/** Many connections at once: CPU time per round trip. Then one alone: how long it takes. */
export async function runSlice({ figures, pid, busy, lone }: Course): Promise<void> {
  if (pid !== undefined) {
    const before = await cpuNs(pid);
    await roundTrips(busy, BUSY_ROUND_TRIPS);
    figures.cpuUsPerRoundTrip.push(((await cpuNs(pid)) - before) / BUSY_ROUND_TRIPS / 1_000);
  }
  figures.loneRoundTripMs.push(median(await roundTrips(lone, LONE_ROUND_TRIPS)));
}

export async function runBulkSlice(figures: Figures, contender: Contender, ends: BulkEnds): Promise<void> {
  const before = await cpuNs(contender.pid);
  const tookMs = await ends.send(contender.address, BULK_BYTES);
  figures.bulkCpuNsPerKib.push(((await cpuNs(contender.pid)) - before) / (BULK_BYTES / 1_024));
  figures.bulkBytesPerMs.push(BULK_BYTES / tookMs);
}

/** What holding many connections costs. */
export interface Held {
  readonly connections: number;
  /** Connections that still answered after all were open. */
  readonly answered: number;
  readonly bytesPerConnection: number;
}

/** Opened in batches that fit a listener's backlog. */
const BATCH = 500;

export async function holdConnections({ address, pid }: Contender, count: number): Promise<Held> {
  const before = await residentBytes(pid);
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const batch = Math.min(BATCH, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: batch }, () => openSocket(address)))));
  }
  const answered = (await roundTrips(sockets, count)).length;
  const bytesPerConnection = ((await residentBytes(pid)) - before) / count;
  for (const socket of sockets) socket.destroy();
  return { connections: count, answered, bytesPerConnection };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}
