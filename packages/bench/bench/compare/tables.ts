import type { ComparisonVerdict } from '../../src/compare/verdict.ts';
import { markdownTable } from '../markdown-table.ts';
import type { MeasuredComparison } from './measured-comparison.ts';
import type { SimulationResult } from './simulate.ts';

/** One row per comparison, and the sum underneath. */
export function measuredTable(title: string, comparisons: readonly MeasuredComparison[]): string {
  const rows = comparisons.map(({ index, verdict, pairCount, spoiledCount, metrics, tookMs }) => [
    String(index),
    verdict,
    `${pairCount}${spoiledCount === 0 ? '' : ` (+${spoiledCount} left out)`}`,
    ...['p50', 'p90', 'p99'].map((name) =>
      changeText(metrics.find((metric) => metric.name === name)?.change),
    ),
    `${(tookMs / 1_000).toFixed(0)} s`,
  ]);
  const head = ['#', 'verdict', 'pairs', 'p50', 'p90', 'p99', 'took'];
  return [`### ${title}`, '', markdownTable(head, rows), '', sumText(comparisons)].join('\n');
}

function changeText(change: MeasuredComparison['metrics'][number]['change']): string {
  if (change === undefined) return '';
  return `${signedPercent(change.center)} % (${signedPercent(change.low)} to ${signedPercent(change.high)})`;
}

function signedPercent(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value * 100).toFixed(1)}`;
}

function sumText(comparisons: readonly MeasuredComparison[]): string {
  const counts = (['worse', 'better', 'same', 'inconclusive'] as const).map(
    (verdict) => `${comparisons.filter((each) => each.verdict === verdict).length} ${verdict}`,
  );
  const pairs = comparisons.reduce((sum, { pairCount }) => sum + pairCount, 0) / comparisons.length;
  return `${comparisons.length} comparisons: ${counts.join(', ')}; ${pairs.toFixed(1)} pairs on average`;
}

export interface SimulatedRow extends SimulationResult {
  readonly machine: string;
  readonly slowness: number;
  readonly comparisons: number;
}

export function simulatedTable(rows: readonly SimulatedRow[]): string {
  const head = [
    'machine',
    'b takes',
    'comparisons',
    'worse',
    'better',
    'same',
    'inconclusive',
    'missed the truth',
    'pairs',
  ];
  return markdownTable(
    head,
    rows.map(({ machine, slowness, comparisons, verdicts, missedCount, pairsMean }) => {
      const share = (verdict: ComparisonVerdict): string => percentText(verdicts[verdict], comparisons);
      return [
        machine,
        `${slowness} ×`,
        String(comparisons),
        ...(['worse', 'better', 'same', 'inconclusive'] as const).map(share),
        percentText(missedCount, comparisons),
        pairsMean.toFixed(1),
      ];
    }),
  );
}

function percentText(count: number, of: number): string {
  return `${((count / of) * 100).toFixed(1)} %`;
}
