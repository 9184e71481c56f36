import type { RequestOutcome } from '@stormcart/core';
import type { FigureFilter } from '../judge/figures.ts';
import type { Sample } from '../load/sample.ts';
import { createLatencyHistogram, type LatencyHistogram } from './latency.ts';
import { includesPhase } from './phase.ts';

/** What is kept of all requests that are alike in everything that a figure can ask for. */
interface Cell {
  readonly journey: string;
  readonly route: string;
  readonly phases: readonly string[];
  readonly outcome: RequestOutcome;
  count: number;
  readonly fromIntended: LatencyHistogram;
  readonly fromSend: LatencyHistogram;
}

/** From where a latency counts. */
type LatencyOrigin = 'fromIntended' | 'fromSend';

/**
 * Samples, summed up by (journey, route, phases, outcome): memory grows with the kinds of requests,
 * some hundred, and not with their number.
 */
export interface Cells {
  add(sample: Sample, phases: readonly string[]): void;
  count(outcome: RequestOutcome | 'planned', filter: FigureFilter): number;
  /** All requests that match, in one histogram. */
  latency(origin: LatencyOrigin, filter: FigureFilter): LatencyHistogram;
}

export function createCells(): Cells {
  const cells: Cell[] = [];
  const places = new Map<string, Map<string, Map<string, Map<RequestOutcome, Cell>>>>();
  const matching = (filter: FigureFilter): readonly Cell[] => cells.filter((cell) => matches(cell, filter));
  const cellOf = ({ journey, route, outcome }: Sample, phases: readonly string[]): Cell => {
    // Level by level: to put one key together would cost more than all else that is done with a sample.
    const byOutcome = within(
      within(within(places, phases.length === 1 ? (phases[0] ?? '') : phases.join('\n')), journey),
      route,
    );
    let cell = byOutcome.get(outcome);
    if (cell === undefined) {
      const [fromIntended, fromSend] = [createLatencyHistogram(), createLatencyHistogram()];
      cell = { journey, route, phases, outcome, count: 0, fromIntended, fromSend };
      byOutcome.set(outcome, cell);
      cells.push(cell);
    }
    return cell;
  };
  return {
    add: (sample, phases) => {
      const cell = cellOf(sample, phases);
      cell.count += 1;
      // A dropped request never waited for anything: it has no latency, only a count.
      if (sample.outcome === 'dropped') return;
      cell.fromIntended.record(sample.endedMs - sample.intendedMs);
      if (sample.sentMs !== undefined) cell.fromSend.record(sample.endedMs - sample.sentMs);
    },
    count: (outcome, filter) =>
      matching(filter)
        .filter((cell) => outcome === 'planned' || cell.outcome === outcome)
        .reduce((sum, cell) => sum + cell.count, 0),
    latency: (origin, filter) => {
      const merged = createLatencyHistogram();
      for (const cell of matching(filter)) merged.add(cell[origin]);
      return merged;
    },
  };
}

function within<Value>(map: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  let inner = map.get(key);
  if (inner === undefined) {
    inner = new Map();
    map.set(key, inner);
  }
  return inner;
}

function matches(cell: Cell, { journey, route, during, outcome }: FigureFilter): boolean {
  return (
    (journey === undefined || cell.journey === journey) &&
    (route === undefined || cell.route === route) &&
    (outcome === undefined || cell.outcome === outcome) &&
    includesPhase(cell.phases, during)
  );
}
