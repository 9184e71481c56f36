import { formatMs, plural } from '../report/format.ts';
import type { Comparison, MetricComparison } from './comparison.ts';
import { metricNamed } from './metric/metric-named.ts';

/** The answer in Markdown: a headline, a row per metric, and what to know besides. */
export function comparisonTable(comparison: Comparison): string {
  const { reasons, notes, differences } = comparison;
  return [
    headline(comparison),
    '',
    table([HEAD, ...comparison.metrics.map((metric) => rowOf(metric))]),
    ...block('Because:', reasons),
    ...block(
      'Not the same in all runs:',
      differences.map(({ what, values }) => `${what}: ${values.join('; ')}`),
    ),
    ...block('Left out:', spoiledLines(comparison)),
    ...block('Notes:', [...notes, ...verdictLines(comparison)]),
  ].join('\n');
}

const HEAD = ['metric', 'base', 'head', 'change', 'interval', 'matters from', 'verdict'];

function headline({ verdict, design, confidence }: Comparison): string {
  const runs =
    design.kind === 'paired'
      ? plural(design.pairCount, 'pair')
      : `${plural(design.baseCount, 'base run')} and ${plural(design.headCount, 'head run')}`;
  const certainty = Number((confidence * 100).toPrecision(4));
  return `**${verdict}** from ${runs}; all intervals together hold with ${certainty} % confidence`;
}

function rowOf(metric: MetricComparison): readonly string[] {
  const { base, head, change, minEffect } = metric;
  const known = metricNamed(metric.name);
  const value = (number: number | undefined): string => (number === undefined ? '' : known.format(number));
  return [
    metric.name,
    value(base),
    value(head),
    change === undefined ? '' : changeText(metric, change.center),
    change === undefined ? '' : `${changeText(metric, change.low)} to ${changeText(metric, change.high)}`,
    `±${changeText(metric, minEffect).slice(1)}`,
    metric.verdict,
  ];
}

/** `+9.1 %`, `−0.5 points`, `+1.2 s`. */
function changeText({ name, scale }: MetricComparison, change: number): string {
  const sign = change < 0 ? '−' : '+';
  const size = Math.abs(change);
  if (scale === 'ratio') return `${sign}${(size * 100).toFixed(1)} %`;
  if (metricNamed(name).effectUnit.name === 'share') return `${sign}${(size * 100).toFixed(2)} points`;
  return `${sign}${formatMs(size)}`;
}

function spoiledLines({ base, head }: Comparison): readonly string[] {
  return [...base.spoiled, ...head.spoiled].map(({ source, reason }) => `${source}: ${reason}`);
}

function verdictLines({ base, head }: Comparison): readonly string[] {
  const [here, there] = [verdictsText(base), verdictsText(head)];
  return here === there
    ? []
    : [`the runs' own gates said: base ${here || 'nothing'}; head ${there || 'nothing'}`];
}

function verdictsText({ verdicts }: Comparison['base']): string {
  return Object.entries(verdicts)
    .map(([verdict, count]) => `${count} ${verdict}`)
    .join(', ');
}

function block(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `- ${line}`)];
}

/** Columns of even width, so that a terminal shows what a page would. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
