import type { RequestOutcome } from '@stormcart/core';
import { REQUEST_OUTCOMES } from '../../../load/ledger.ts';
import { formatCount, formatMs, formatShare } from '../../format.ts';
import type { Quantiles, Report, ReportCell } from '../../report.ts';
import { outcomeWord } from '../../terminal-words.ts';
import { type Content, type Html, html } from '../html.ts';
import { table } from './table.ts';

/** The ledger and what it is made of. */
export function requestsSection({ load, phases, routes }: Report): Html {
  return html`<section aria-labelledby="requests-head"><h2 id="requests-head">Requests</h2>
<div class="columns">${ledgerTable(load)}${latencyTable(load)}</div>
${cellsTable('By phase', 'phase', phases)}
${cellsTable('By route', 'route', routes)}
</section>`;
}

function ledgerTable({ ledger }: Report['load']): Html {
  const { planned } = ledger;
  const rows = REQUEST_OUTCOMES.map((outcome) => [
    outcomeWord(outcome),
    formatCount(ledger[outcome]),
    planned === 0 ? '–' : formatShare(ledger[outcome] / planned),
  ]);
  const columns = [
    { head: 'outcome' },
    { head: 'requests', isNumber: true },
    { head: 'share', isNumber: true },
  ];
  const sum = ['planned', html`<strong>${formatCount(planned)}</strong>`, ''];
  return table('Ledger, warm-up included: every planned request ends in one way', columns, [...rows, sum]);
}

function latencyTable({ latency, latencyFromSend }: Report['load']): Html {
  const columns = [
    { head: 'counted from' },
    ...['p50', 'p90', 'p99', 'max'].map((head) => ({ head, isNumber: true })),
  ];
  return table('Latency, without warm-up', columns, [
    latencyRow('intended start', latency),
    latencyRow('actual send', latencyFromSend),
  ]);
}

function latencyRow(name: string, latency: Quantiles | undefined): readonly Content[] {
  return [name, ...quantileCells(latency)];
}

function quantileCells(latency: Quantiles | undefined): readonly string[] {
  if (latency === undefined) return ['–', '–', '–', '–'];
  return [latency.p50Ms, latency.p90Ms, latency.p99Ms, latency.maxMs].map(formatMs);
}

function cellsTable(caption: string, head: string, cells: readonly ReportCell[]): Html | undefined {
  if (cells.length === 0) return undefined;
  const columns = [
    { head },
    ...['due', 'ok', 'p50', 'p90', 'p99', 'max'].map((name) => ({ head: name, isNumber: true })),
    { head: 'what failed', isWide: true },
  ];
  const rows = cells.map(({ name, planned, outcomes, successFraction, latency }) => [
    html`<code>${name}</code>`,
    formatCount(planned),
    successFraction === undefined ? '–' : formatShare(successFraction),
    ...quantileCells(latency),
    failures(outcomes),
  ]);
  return table(caption, columns, rows);
}

function failures(outcomes: Readonly<Record<RequestOutcome, number>>): string {
  return REQUEST_OUTCOMES.filter((outcome) => outcome !== 'ok' && outcomes[outcome] > 0)
    .map((outcome) => `${formatCount(outcomes[outcome])} ${outcomeWord(outcome)}`)
    .join(', ');
}
