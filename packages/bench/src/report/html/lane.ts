import { formatSpan } from '../format.ts';
import type { Report } from '../report.ts';

/** What something was in over the run, piece after piece. */
export interface Lane {
  readonly name: string;
  readonly pieces: readonly Piece[];
}

export interface Piece {
  readonly startMs: number;
  readonly endMs: number;
  readonly state: PieceState;
}

export type PieceState =
  | 'up'
  | 'down'
  | 'partly down'
  | 'active'
  | 'closed'
  | 'open'
  | 'half-open'
  | 'starting'
  | 'stopped';

export interface Lanes {
  readonly availability: Lane;
  readonly faults: readonly Lane[];
  readonly breakers: readonly Lane[];
  /** Breakers that stayed closed all the time, by name. */
  readonly closedBreakers: readonly string[];
  readonly processes: readonly Lane[];
  /** Processes that served all the time. */
  readonly steadyProcesses: readonly string[];
}

/** More pieces than this in one lane are thinner than a pixel: they are merged into as many columns. */
const PIECES_MAX = 400;
/** A hundred processes or breakers that all flapped make no picture; the tables list what happened. */
const LANES_MAX = 40;

export function lanesOf(report: Report): Lanes {
  const breakers = report.breakers.flatMap(breakerLanes);
  const processes = processLanes(report);
  return {
    availability: availabilityLane(report),
    faults: report.faults
      .filter(({ appliedMs }) => appliedMs !== undefined)
      .slice(0, LANES_MAX)
      .map(({ id, appliedMs = 0, revertedMs = report.load.totalMs }) => ({
        name: id,
        pieces: [{ startMs: appliedMs, endMs: revertedMs, state: 'active' }],
      })),
    breakers: breakers.map((lane) => cut(lane, report)).slice(0, LANES_MAX),
    closedBreakers: report.breakers
      .filter(({ transitions }) => transitions.length === 0)
      .map(({ name }) => name),
    processes: processes.filter((lane) => !isQuiet(lane)).slice(0, LANES_MAX),
    steadyProcesses: processes.filter(isQuiet).map(({ name }) => name),
  };
}

function isQuiet({ pieces }: Lane): boolean {
  return pieces.length <= 1;
}

function availabilityLane({ availability }: Report): Lane {
  const { slices, slicesStartMs, sliceMs } = availability;
  const runs = runsOf(slices, 1);
  const columns = runs.length <= PIECES_MAX ? runs : runsOf(slices, Math.ceil(slices.length / PIECES_MAX));
  return {
    name: `slices of ${formatSpan(sliceMs)}`,
    pieces: columns.map(({ first, count, state }) => ({
      startMs: slicesStartMs + first * sliceMs,
      endMs: slicesStartMs + (first + count) * sliceMs,
      state,
    })),
  };
}

interface Run {
  readonly first: number;
  readonly count: number;
  readonly state: 'up' | 'down' | 'partly down';
}

/** Neighbouring columns of so many slices in one state, as runs. */
function runsOf(slices: string, columnSlices: number): readonly Run[] {
  const runs: Run[] = [];
  for (let first = 0; first < slices.length; first += columnSlices) {
    const column = slices.slice(first, first + columnSlices);
    const state = !column.includes('-') ? 'up' : column.includes('+') ? 'partly down' : 'down';
    const last = runs.at(-1);
    if (last?.state === state) runs.splice(-1, 1, { ...last, count: last.count + column.length });
    else runs.push({ first, count: column.length, state });
  }
  return runs;
}

const BREAKER_STATES = { closed: 'closed', open: 'open', halfOpen: 'half-open' } as const;

/** A lane for each process in which the breaker ever changed. */
function breakerLanes({ name, transitions }: Report['breakers'][number]): readonly Lane[] {
  const byProcess = Map.groupBy(transitions, ({ process }) => process);
  return [...byProcess].map(([process, changes]) => ({
    name: `${name} in ${process}`,
    pieces: piecesOf(
      'closed',
      changes.map(({ atMs, state }) => ({ atMs, state: BREAKER_STATES[state] })),
    ),
  }));
}

const PROCESS_STATES = { ready: 'up', starting: 'starting', down: 'down', stopped: 'stopped' } as const;

/** Booting and the orderly end lie outside of the load. */
function processLanes(report: Report): readonly Lane[] {
  const byName = Map.groupBy(report.processEvents, ({ name }) => name);
  const lanes = [...byName].map(([name, events]) => ({
    name,
    pieces: piecesOf(
      'starting',
      events.map(({ atMs, state }) => ({ atMs, state: PROCESS_STATES[state] })),
    ),
  }));
  return lanes
    .map((lane) => cut(lane, report))
    .toSorted((left, right) => left.name.localeCompare(right.name));
}

interface Change {
  readonly atMs: number;
  readonly state: PieceState;
}

function piecesOf(first: PieceState, changes: readonly Change[]): readonly Piece[] {
  const points = [{ atMs: Number.NEGATIVE_INFINITY, state: first }, ...changes];
  return points.map(({ atMs, state }, place) => ({
    startMs: atMs,
    endMs: points[place + 1]?.atMs ?? Number.POSITIVE_INFINITY,
    state,
  }));
}

/** What lies within the load, equal neighbours as one. */
function cut({ name, pieces }: Lane, { load: { totalMs } }: Report): Lane {
  const kept: Piece[] = [];
  for (const { startMs, endMs, state } of pieces) {
    const piece = { startMs: Math.max(startMs, 0), endMs: Math.min(endMs, totalMs), state };
    if (piece.endMs <= piece.startMs) continue;
    const last = kept.at(-1);
    if (last?.state === state) kept.splice(-1, 1, { ...last, endMs: piece.endMs });
    else kept.push(piece);
  }
  return { name, pieces: kept.slice(0, PIECES_MAX) };
}
