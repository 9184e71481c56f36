import { plural } from '../report/format.ts';
import type { SideSummary } from './comparison.ts';
import type { MeasuredRun } from './run/measured-run.ts';

interface Sides<Side> {
  readonly base: Side;
  readonly head: Side;
}

export function summaryOf(all: readonly MeasuredRun[], kept: readonly MeasuredRun[]): SideSummary {
  return {
    sources: kept.map(({ source }) => source),
    verdicts: tally(kept.flatMap(({ verdict }) => (verdict === undefined ? [] : [verdict]))),
    violated: tally(kept.flatMap(({ violated }) => violated)),
    spoiled: all.flatMap(({ source, spoiledBy }) =>
      spoiledBy === undefined ? [] : [{ source, reason: spoiledBy }],
    ),
  };
}

/** Lost data needs no statistics: an invariant that only head violates is worse, however often. */
export function newlyViolated({ base, head }: Sides<SideSummary>): readonly string[] {
  return Object.entries(head.violated)
    .filter(([name]) => base.violated[name] === undefined)
    .map(([name, count]) => `head violates the invariant ${name} in ${plural(count, 'run')}, base in none`);
}

/** What never came back within a run counts as what was left of it: too short, so a change may look smaller than it is. */
export function censoringNotes({ base, head }: Sides<readonly MeasuredRun[]>): readonly string[] {
  const faults = [...base, ...head].flatMap(({ figures }) =>
    figures.recoveries.filter(({ hasRecovered }) => !hasRecovered).map(({ fault }) => fault),
  );
  return Object.entries(tally(faults)).map(
    ([fault, count]) =>
      `${plural(count, 'run')} had not recovered from ${fault} by the end; the time until then counts, which is too short`,
  );
}

function tally(words: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
