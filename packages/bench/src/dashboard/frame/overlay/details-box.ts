import type { RowDetails } from '../../../control/drill-state.ts';
import { formatCount, formatMs } from '../../../report/format.ts';
import type { Box } from '../box.ts';
import type { Glyphs } from '../glyphs.ts';
import { cell, type Line, span } from '../line.ts';

/** What is known of one row: latencies, transitions of its breakers, the end of its log. */
export function detailsBox(
  { row, skip }: { readonly row: string; readonly skip: number },
  details: RowDetails | undefined,
  room: { readonly columns: number; readonly rows: number; readonly glyphs: Glyphs },
): Box {
  const columns = Math.max(room.columns - 8, 1);
  if (details?.row.name !== row) {
    return { title: row, lines: [[span('asking the drill…', 'faint')]], columns };
  }
  const rows = Math.max(room.rows - 2, 1);
  const histogram = histogramLines(details, Math.max(Math.floor(rows / 3), 3), columns, room.glyphs);
  const breakers = breakerLines(details, Math.max(Math.floor(rows / 4), 3));
  const logRows = Math.max(rows - histogram.length - breakers.length - 2, 1);
  return {
    title: `${row}: ${details.row.kind}, ${details.row.state}${details.pid === undefined ? '' : `, pid ${details.pid}`}`,
    lines: [...histogram, ...breakers, ...logLines(details.logTail, skip, logRows)],
    columns,
  };
}

function histogramLines(
  { latencyHistogram = [] }: RowDetails,
  rows: number,
  columns: number,
  glyphs: Glyphs,
): readonly Line[] {
  const heading: Line = [span('Latency', 'strong')];
  if (latencyHistogram.length === 0) return [heading, [span('  nobody measures it here', 'faint')]];
  const buckets = pairedUp(latencyHistogram, rows);
  const most = Math.max(...buckets.map(({ count }) => count), 1);
  const barColumns = Math.max(columns - 28, 1);
  return [
    heading,
    ...buckets.map(({ toMs, count }): Line => {
      const bar = glyphs.block.repeat(count === 0 ? 0 : Math.max(Math.round((count / most) * barColumns), 1));
      return [
        cell(`to ${formatMs(toMs)}`, 14, 'faint', 'right'),
        cell(formatCount(count), 12, 'plain', 'right'),
        span(` ${bar}`, 'accent'),
      ];
    }),
  ];
}

type Buckets = NonNullable<RowDetails['latencyHistogram']>;

/** Neighbours put together, evenly, until there are few enough. */
function pairedUp(buckets: Buckets, rows: number): Buckets {
  if (buckets.length <= rows) return buckets;
  const size = Math.ceil(buckets.length / rows);
  return Array.from({ length: Math.ceil(buckets.length / size) }, (_, index) => {
    const group = buckets.slice(index * size, (index + 1) * size);
    return {
      toMs: group.at(-1)?.toMs ?? 0,
      count: group.reduce((total, { count }) => total + count, 0),
    };
  });
}

function breakerLines({ transitions, row }: RowDetails, rows: number): readonly Line[] {
  const heading: Line = [span('Breakers', 'strong')];
  if (transitions.length === 0) {
    const text = row.breakers.length === 0 ? 'none here' : 'closed from the beginning';
    return [heading, [span(`  ${text}`, 'faint')]];
  }
  return [
    heading,
    ...transitions
      .slice(-rows)
      .map(
        ({ breaker, atMs, to }): Line => [
          cell(`${(atMs / 1_000).toFixed(1)} s`, 14, 'faint', 'right'),
          span(`  ${breaker} `),
          span(
            to === 'closed' ? 'closed' : to === 'open' ? 'OPEN' : 'HALF-OPEN',
            to === 'open' ? 'bad' : 'plain',
          ),
        ],
      ),
  ];
}

function logLines(tail: readonly string[], skip: number, rows: number): readonly Line[] {
  const back = Math.min(skip, Math.max(tail.length - rows, 0));
  const shown = tail.slice(Math.max(tail.length - rows - back, 0), tail.length - back);
  const note = back === 0 ? '' : ` (${back} newer below)`;
  return [
    [span(`Log${note}`, 'strong')],
    ...(shown.length === 0
      ? [[span('  it has none', 'faint')]]
      : shown.map((line): Line => [span(`  ${line}`)])),
  ];
}
