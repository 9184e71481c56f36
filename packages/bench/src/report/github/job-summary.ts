import { type Check, checksOf } from '../check/check.ts';
import { formatCount, formatMs, formatShare, formatSpan, plural } from '../format.ts';
import type { Report, ReportFault } from '../report.ts';
import { availabilityStrip } from '../strip.ts';
import { outcomesText, quantilesText } from '../terminal-words.ts';
import { code, plainText, table } from './markdown.ts';

/** Enough rows to see a pattern; the rest is in the report. */
const ROWS_MAX = 20;
const VERDICT_MARKS = { pass: '✅', fail: '❌', inconclusive: '❔', interrupted: '⏹️' } as const;
const STATE_MARKS = {
  passed: '✅ holds',
  failed: '❌ failed',
  unknown: '❔ unknown',
  skipped: '⏭️ skipped',
} as const;

/** The drill as a section of a GitHub job summary: the verdict and why, then what it rests on. */
export function jobSummary(report: Report): string {
  const { scenario, verdict, reasons } = report;
  const checks = checksOf(report);
  const sections = [
    `## ${VERDICT_MARKS[verdict]} ${plainText(scenario.name)}: ${verdict.toUpperCase()}`,
    plainText(scenario.about),
    scenario.hypothesis === '' ? '' : `> ${plainText(scenario.hypothesis)}`,
    reasons.length === 0 ? '' : rows(reasons.map((reason) => `- ${plainText(reason)}`)).join('\n'),
    keyFigures(report),
    `\`\`\`text\n${availabilityStrip(report.availability)}\n\`\`\``,
    checkTable('Gates', checks, ['gates', 'steady-state']),
    faultTable(report),
    outageTable(report),
    checkTable('Audit', checks, ['audit']),
    checkTable(
      'The drill itself',
      checks.filter(({ state }) => state !== 'passed'),
      ['drill', 'faults'],
    ),
    `Again: ${code(report.again)}`,
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n\n`;
}

/** A drill that came to no verdict. */
export function failureSummary(scenario: string, message: string): string {
  return `## 💥 ${plainText(scenario)}: ERROR\n\n${plainText(message)}\n\n`;
}

function keyFigures({ availability, load, boot, scenario }: Report): string {
  const { fraction, successFraction, downMs, objective, errorBudgetUsed } = availability;
  const objectiveText = objective === undefined ? '' : `, objective ${formatShare(objective)}`;
  const budget =
    errorBudgetUsed === undefined ? '' : `, ${formatShare(errorBudgetUsed)} of the error budget used`;
  const figures: readonly (readonly [string, string])[] = [
    [
      'availability',
      fraction === undefined
        ? 'nothing was measured'
        : `**${formatShare(fraction)}** (${formatSpan(downMs)} down${objectiveText}${budget})`,
    ],
    [
      'requests',
      `${successFraction === undefined ? '' : `${formatShare(successFraction)} ok; `}${outcomesText(load.ledger)}`,
    ],
    ['latency', load.latency === undefined ? 'nothing was sent' : quantilesText(load.latency)],
    [
      'load',
      `${plural(load.arrivals, 'journey')} in ${formatSpan(load.totalMs)}, ${formatSpan(load.measuredMs)} measured`,
    ],
    ['boot', formatMs(boot.tookMs)],
    ['seed', String(scenario.seed)],
  ];
  return table(['figure', 'measured'], figures);
}

function checkTable(title: string, checks: readonly Check[], groups: readonly Check['group'][]): string {
  const meant = checks.filter(({ group }) => groups.includes(group));
  if (meant.length === 0) return '';
  // What is cut off is what held.
  const isCut = meant.length > ROWS_MAX;
  const shown = isCut ? meant.toSorted((left, right) => weightOf(right) - weightOf(left)) : meant;
  const lines = shown.map(({ state, name, reason, details }) => [
    STATE_MARKS[state],
    code(name),
    plainText(reason === '' ? (details[0] ?? '') : reason),
  ]);
  return `### ${title}\n\n${table(['', 'what', 'found'], capped(lines))}`;
}

function weightOf({ state }: Check): number {
  return state === 'passed' ? 0 : 1;
}

function faultTable({ faults }: Report): string {
  if (faults.length === 0) return '';
  const lines = faults.map((fault) => [
    code(fault.id),
    plainText(fault.what),
    fault.appliedMs === undefined
      ? 'never applied'
      : `${formatSpan(fault.appliedMs)} to ${fault.revertedMs === undefined ? 'the end' : formatSpan(fault.revertedMs)}`,
    formatCount(fault.hits),
    `${formatCount(fault.during.planned - fault.during.outcomes.ok)} of ${formatCount(fault.during.planned)}`,
    recovery(fault),
  ]);
  return `### What broke\n\n${table(['fault', 'what', 'when', 'hits', 'failed meanwhile', 'recovered'], capped(lines))}`;
}

function recovery({ appliedMs, recoveryFromStartMs, recoveryFromEndMs }: ReportFault): string {
  if (appliedMs === undefined) return '';
  if (recoveryFromStartMs === 0) return 'never down';
  return recoveryFromEndMs === undefined ? 'did not' : `${formatMs(recoveryFromEndMs)} after its end`;
}

function outageTable({ availability: { outages } }: Report): string {
  if (outages.length === 0) return '';
  const lines = outages.map(({ startMs, endMs, faults }) => [
    formatSpan(startMs),
    formatSpan(endMs),
    formatSpan(endMs - startMs),
    faults.length === 0 ? 'none' : faults.map(code).join(', '),
  ]);
  return `### ${plural(outages.length, 'outage')}\n\n${table(['from', 'to', 'long', 'during'], capped(lines))}`;
}

function capped(lines: readonly (readonly string[])[]): readonly (readonly string[])[] {
  if (lines.length <= ROWS_MAX) return lines;
  const width = lines[0]?.length ?? 1;
  const rest = `and ${formatCount(lines.length - ROWS_MAX)} more`;
  return [...lines.slice(0, ROWS_MAX), [rest, ...Array.from({ length: width - 1 }, () => '')]];
}

function rows(lines: readonly string[]): readonly string[] {
  return lines.length <= ROWS_MAX
    ? lines
    : [...lines.slice(0, ROWS_MAX), `- and ${formatCount(lines.length - ROWS_MAX)} more`];
}
