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
  const cells = new Map<string, Cell>();
  const matching = (filter: FigureFilter): readonly Cell[] =>
    [...cells.values()].filter((cell) => matches(cell, filter));
  return {
    add: (sample, phases) => {
      const { journey, route, outcome } = sample;
      const key = `${journey}\n${route}\n${outcome}\n${phases.join()}`;
      let cell = cells.get(key);
      if (cell === undefined) {
        cell = {
          journey,
          route,
          phases,
          outcome,
          count: 0,
          fromIntended: createLatencyHistogram(),
          fromSend: createLatencyHistogram(),
        };
        cells.set(key, cell);
      }
      cell.count += 1;
      // A dropped request never waited for anything: it has no latency, only a count.
      if (outcome === 'dropped') return;
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

function matches(cell: Cell, { journey, route, during, outcome }: FigureFilter): boolean {
  return (
    (journey === undefined || cell.journey === journey) &&
    (route === undefined || cell.route === route) &&
    (outcome === undefined || cell.outcome === outcome) &&
    includesPhase(cell.phases, during)
  );
}
