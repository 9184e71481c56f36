import { formatCount, formatMs, formatSpan, plural } from '../../format.ts';
import type { Report, ReportFault } from '../../report.ts';
import { type Content, type Html, html } from '../html.ts';
import { mark } from './mark.ts';
import { table } from './table.ts';

export function faultsSection({ faults, byHand, availability: { outages } }: Report): Html {
  return html`<section aria-labelledby="faults-head"><h2 id="faults-head">What broke</h2>
${faults.length === 0 ? html`<p>Nothing was broken on purpose.</p>` : faultsTable(faults)}
${outages.length === 0 ? html`<p>There was no outage.</p>` : outagesTable(outages)}
${byHand === undefined ? undefined : byHandTable(byHand.actions)}
</section>`;
}

function faultsTable(faults: readonly ReportFault[]): Html {
  const columns = [
    { head: 'fault' },
    { head: 'what', isWide: true },
    { head: 'from', isNumber: true },
    { head: 'to', isNumber: true },
    { head: 'hits', isNumber: true },
    { head: 'failed meanwhile', isNumber: true },
    { head: 'p99 meanwhile', isNumber: true },
    { head: 'recovery', isWide: true },
    { head: 'end', isWide: true },
  ];
  return table('Faults', columns, faults.map(faultRow));
}

function faultRow(fault: ReportFault): readonly Content[] {
  const { id, what, appliedMs, revertedMs, hits, during } = fault;
  return [
    html`<code>${id}</code>`,
    what,
    appliedMs === undefined ? 'never' : formatSpan(appliedMs),
    revertedMs === undefined ? '–' : formatSpan(revertedMs),
    formatCount(hits),
    `${formatCount(during.planned - during.outcomes.ok)} of ${formatCount(during.planned)}`,
    during.latency === undefined ? '–' : formatMs(during.latency.p99Ms),
    recovery(fault),
    ending(fault),
  ];
}

function recovery({ appliedMs, recoveryFromStartMs, recoveryFromEndMs }: ReportFault): string {
  if (appliedMs === undefined) return '–';
  if (recoveryFromStartMs === 0) return 'never down';
  if (recoveryFromEndMs === undefined) return 'did not recover';
  if (recoveryFromEndMs === 0 && recoveryFromStartMs !== undefined) {
    return `${formatMs(recoveryFromStartMs)} after its start`;
  }
  return `${formatMs(recoveryFromEndMs)} after its end`;
}

function ending({ appliedMs, hits, problem, isVerified }: ReportFault): Html {
  if (problem !== undefined) return mark('doubt', problem);
  if (appliedMs === undefined) return mark('doubt', 'was never applied');
  if (!isVerified) return mark('doubt', 'its end could not be verified');
  return hits === 0 ? mark('doubt', 'was never felt') : mark('good', 'verified gone');
}

function outagesTable(outages: Report['availability']['outages']): Html {
  const columns = [
    { head: 'from', isNumber: true },
    { head: 'to', isNumber: true },
    { head: 'long', isNumber: true },
    { head: 'during' },
  ];
  const rows = outages.map(({ startMs, endMs, faults }) => [
    formatSpan(startMs),
    formatSpan(endMs),
    formatSpan(endMs - startMs),
    faults.length === 0 ? 'no fault' : faults.join(', '),
  ]);
  return table(plural(outages.length, 'outage'), columns, rows);
}

function byHandTable(actions: NonNullable<Report['byHand']>['actions']): Html {
  const columns = [
    { head: 'at', isNumber: true },
    { head: 'done by hand', isWide: true },
  ];
  return table(
    'Done by hand',
    columns,
    actions.map(({ atMs, text }) => [formatSpan(atMs), text]),
  );
}
