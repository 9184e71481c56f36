import { formatCount, formatMs, formatShare, formatSpan, plural } from '../../format.ts';
import type { Report } from '../../report.ts';
import { type Content, type Html, html } from '../html.ts';
import { mark, type Tone } from './mark.ts';

const TONES: Readonly<Record<Report['verdict'], Tone>> = {
  pass: 'good',
  fail: 'bad',
  inconclusive: 'doubt',
  interrupted: 'doubt',
};

/** What a reader wants first: the verdict, of what, and why. */
export function verdictSection(report: Report): Html {
  const { scenario, verdict, reasons, exitCode } = report;
  const why =
    reasons.length === 0
      ? html`<p class="why">Every gate, invariant and check held.</p>`
      : html`<ul class="why">${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`;
  return html`<header class="verdict ${TONES[verdict]}">
<div class="headline">${mark(TONES[verdict], verdict.toUpperCase())}<h1>${scenario.name}</h1>
<button id="theme" type="button" class="screen">◐ auto</button></div>
<p class="about">${scenario.about}</p>
${scenario.hypothesis === '' ? undefined : html`<p class="hypothesis"><span class="label">Hypothesis</span> ${scenario.hypothesis}</p>`}
${why}
<p class="facts">${startedText(report)} · took ${formatMs(report.tookMs)} · seed ${scenario.seed} · topology ${scenario.topology} · exit code ${exitCode}</p>
</header>`;
}

function startedText({ startedAt }: Report): Html {
  return html`<time datetime="${startedAt}">${startedAt.slice(0, 19).replace('T', ' ')} UTC</time>`;
}

interface Figure {
  readonly label: string;
  readonly value: string;
  readonly more: string;
}

/** Six numbers that say how it went. */
export function figuresSection(report: Report): Html {
  const figures = [availability, success, latency, outages, recovery, audit].map((figureOf) =>
    figureOf(report),
  );
  return html`<section aria-label="Key figures"><dl class="figures">${figures.map(
    ({ label, value, more }): Content =>
      html`<div><dt>${label}</dt><dd><strong>${value}</strong><span>${more}</span></dd></div>`,
  )}</dl></section>`;
}

function availability({ availability: { fraction, objective, errorBudgetUsed } }: Report): Figure {
  const wanted = objective === undefined ? 'no objective' : `objective ${formatShare(objective)}`;
  const value = fraction === undefined ? 'unknown' : formatShare(fraction);
  return { label: 'Availability', value, more: `${wanted}${budgetText(errorBudgetUsed)}` };
}

function budgetText(used: number | undefined): string {
  if (used === undefined) return '';
  return used < 2
    ? `, ${formatShare(used)} of its budget used`
    : `, ${used.toFixed(1)} times its budget used`;
}

function success({ availability: { successFraction }, load: { ledger } }: Report): Figure {
  const value = successFraction === undefined ? 'unknown' : formatShare(successFraction);
  return {
    label: 'Requests succeeded',
    value,
    more: `${formatCount(ledger.planned - ledger.ok)} of ${formatCount(ledger.planned)} failed, warm-up included`,
  };
}

function latency({ load: { latency: quantiles } }: Report): Figure {
  if (quantiles === undefined) return { label: 'Latency p99', value: 'unknown', more: 'nothing was sent' };
  const { p50Ms, p90Ms, p99Ms, maxMs } = quantiles;
  const more = `p50 ${formatMs(p50Ms)}, p90 ${formatMs(p90Ms)}, max ${formatMs(maxMs)}`;
  return { label: 'Latency p99', value: formatMs(p99Ms), more };
}

function outages({ availability: { outages: found, downMs }, load: { measuredMs } }: Report): Figure {
  return {
    label: 'Downtime',
    value: downMs === 0 ? 'none' : formatMs(downMs),
    more: `${plural(found.length, 'outage')} in ${formatSpan(measuredMs)} measured`,
  };
}

function recovery({ faults }: Report): Figure {
  const label = 'Recovery';
  const applied = faults.filter(({ appliedMs }) => appliedMs !== undefined);
  if (applied.length === 0) return { label, value: '–', more: 'no fault was applied' };
  if (applied.some(({ recoveryFromEndMs }) => recoveryFromEndMs === undefined)) {
    return { label, value: 'never', more: 'not before the load ended' };
  }
  const fromEnd = Math.max(...applied.map(({ recoveryFromEndMs }) => recoveryFromEndMs ?? 0));
  if (fromEnd > 0) return { label, value: formatMs(fromEnd), more: "at the most, after a fault's end" };
  const fromStart = Math.max(...applied.map(({ recoveryFromStartMs }) => recoveryFromStartMs ?? 0));
  return fromStart > 0
    ? { label, value: formatMs(fromStart), more: "at the most, after a fault's start" }
    : { label, value: 'never down', more: `through ${plural(applied.length, 'fault')}` };
}

function audit({ audit: { invariants, operationsCount } }: Report): Figure {
  if (invariants.length === 0) return { label: 'Audit', value: 'none', more: 'no invariant was checked' };
  const holding = invariants.filter(({ answer }) => answer === 'holds').length;
  const value = `${holding} of ${invariants.length}`;
  return { label: 'Audit', value, more: `invariants hold, on ${plural(operationsCount, 'operation')}` };
}
