import { formatCount, formatMs, plural } from '../../format.ts';
import type { Report, ReportInvariant } from '../../report.ts';
import { type Html, html } from '../html.ts';
import { mark } from './mark.ts';

const MARKS = {
  holds: mark('good', 'holds'),
  violated: mark('bad', 'VIOLATED'),
  unknown: mark('doubt', 'unknown'),
} as const;
/** Enough to see what they have in common; `stormcart audit` shows all. */
const FINDINGS_MAX = 20;
/** A row of a store is some hundred characters; a whole list of them is no evidence that anybody reads. */
const EVIDENCE_CHARS = 4_000;

export function auditSection({ audit }: Report): Html {
  const { invariants, isDrained, drainedAfterMs, remaining, operationsCount } = audit;
  const rest = isDrained
    ? html`<p>${plural(operationsCount, 'operation')}; the system came to rest after ${formatMs(drainedAfterMs)}.</p>`
    : html`<p>${plural(operationsCount, 'operation')}; ${mark('doubt', 'the system did not come to rest')}: ${remaining.join('; ')}</p>`;
  return html`<section aria-labelledby="audit-head"><h2 id="audit-head">Audit</h2>
${rest}
${invariants.length === 0 ? html`<p>No invariant was checked.</p>` : html`<ul class="invariants">${invariants.map(invariantItem)}</ul>`}
</section>`;
}

function invariantItem({ name, answer, checkedCount, findings }: ReportInvariant): Html {
  const head = html`${MARKS[answer]} <code>${name}</code> <span class="note">${formatCount(checkedCount)} checked</span>`;
  if (findings.length === 0) return html`<li>${head}</li>`;
  const left = findings.length - FINDINGS_MAX;
  return html`<li>${head}
<ul class="findings">${findings
    .slice(0, FINDINGS_MAX)
    .map(
      ({ message, evidence }) =>
        html`<li>${message}<details class="print"><summary>evidence</summary><pre>${evidenceText(evidence)}</pre></details></li>`,
    )}</ul>${left > 0 ? html`<p class="note">and ${plural(left, 'more finding')} in report.json</p>` : undefined}</li>`;
}

function evidenceText(evidence: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(evidence, null, 2);
  return text.length > EVIDENCE_CHARS
    ? `${text.slice(0, EVIDENCE_CHARS)}\n… cut; all of it is in report.json`
    : text;
}
