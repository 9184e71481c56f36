import { plural } from '../report/format.ts';
import type { Swept } from '../workspace/sweep.ts';

/** What a sweep did about one dead run, and what it could not do. */
export function sweptLines({ runId, endedPids, undone, problems, journalFile }: Swept): readonly string[] {
  const ended = `ended ${endedPids.length === 1 ? '1 process' : `${endedPids.length} processes`}`;
  const gone = undone.length === 0 ? '' : `, undid ${plural(undone.length, 'change')}: ${listed(undone)}`;
  const left =
    problems.length === 0 ? [] : [`of the dead run ${runId} something may be left (${journalFile})`];
  return [`removed what the dead run ${runId} had left: ${ended}${gone}`, ...left, ...problems.map(indented)];
}

/** More is in nobody's interest; the journal's run directory has all of it. */
const LISTED_MAX = 5;

function listed(items: readonly string[]): string {
  const more = items.length - LISTED_MAX;
  return `${items.slice(0, LISTED_MAX).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

function indented(line: string): string {
  return `  ${line}`;
}
