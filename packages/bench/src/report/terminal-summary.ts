import type { InvariantResult } from '@stormcart/core';
import { formatCount, formatMs, formatShare, formatSpan, plural } from './format.ts';
import type { Report, ReportCell, ReportFault, ReportGate } from './report.ts';
import { availabilityStrip, faultStrip } from './strip.ts';
import type { Style } from './style.ts';
import { outcomesText, quantilesText } from './terminal-words.ts';

/** What a person reads after a drill: what broke, when, how long, what it cost, and why the verdict. */
export function terminalSummary(report: Report, runFolder: string, style: Style): string {
  const lines = [
    '',
    headline(report, style),
    ...(report.scenario.hypothesis === '' ? [] : [row('hypothesis', report.scenario.hypothesis)]),
    '',
    ...loadLines(report),
    ...availabilityLines(report, style),
    '',
    ...(report.faults.length === 0
      ? []
      : ['What broke', ...report.faults.flatMap((fault) => faultLines(fault, style)), '']),
    ...byHandLines(report),
    ...processLines(report),
    ...breakerLines(report),
    ...gateLines(report, style),
    ...auditBlock(report, style),
    ...generatorLines(report, style),
    ...report.reasons.map((reason, index) => row(index === 0 ? 'because' : '', reason)),
    row('report', `${runFolder}/report.html`),
    row('again', report.again),
  ];
  return lines.filter((line, index) => line !== '' || lines[index - 1] !== '').join('\n');
}

function byHandLines({ byHand }: Report): readonly string[] {
  if (byHand === undefined) return [];
  return ['Done by hand', ...byHand.actions.map(({ atMs, text }) => row(formatSpan(atMs), text)), ''];
}

function headline(report: Report, style: Style): string {
  const { bold, good, bad, warn } = style;
  const paint = { pass: good, fail: bad, inconclusive: warn, interrupted: warn }[report.verdict];
  return `${bold(paint(report.verdict.toUpperCase()))}  ${bold(report.scenario.name)}  ${report.scenario.about}`;
}

function row(label: string, text: string): string {
  return `  ${label.padEnd(LABEL_COLUMNS)}${text}`;
}

const LABEL_COLUMNS = 14;

function loadLines({ load, boot }: Report): readonly string[] {
  const { ledger } = load;
  return [
    row('boot', formatMs(boot.tookMs)),
    row(
      'load',
      `${plural(load.arrivals, 'journey')} in ${formatSpan(load.totalMs)}, ${plural(ledger.planned, 'request')}; ${formatSpan(load.measuredMs)} measured`,
    ),
    row('answers', outcomesText(ledger)),
    ...(load.latency === undefined
      ? []
      : [row('latency', `${quantilesText(load.latency)}  from intended start`)]),
    ...(load.latencyFromSend === undefined
      ? []
      : [row('', `${quantilesText(load.latencyFromSend)}  from actual send`)]),
  ];
}

function availabilityLines({ availability, faults }: Report, style: Style): readonly string[] {
  const { fraction, successFraction, objective, errorBudgetUsed, outages } = availability;
  if (fraction === undefined) return [row('availability', 'nothing was measured')];
  const facts = [
    `${style.bold(formatShare(fraction))} (${formatSpan(availability.downMs)} down)`,
    ...(successFraction === undefined ? [] : [`requests ${formatShare(successFraction)}`]),
    ...(objective === undefined || errorBudgetUsed === undefined
      ? []
      : [`${formatShare(errorBudgetUsed)} of the error budget for ${formatShare(objective)}`]),
  ];
  return [
    row('availability', facts.join(', ')),
    row('', availabilityStrip(availability)),
    ...faults.map((fault) =>
      row(`  ${fault.id}`.slice(0, LABEL_COLUMNS - 1), style.warn(faultStrip(availability, fault))),
    ),
    ...outages.map((outage) =>
      row(
        'outage',
        `${formatSpan(outage.startMs)} to ${formatSpan(outage.endMs)} (${formatSpan(outage.endMs - outage.startMs)})${outage.faults.length === 0 ? ', during no fault' : ` during ${outage.faults.join(', ')}`}`,
      ),
    ),
  ];
}

function faultLines(fault: ReportFault, style: Style): readonly string[] {
  const { during } = fault;
  const when =
    fault.appliedMs === undefined
      ? 'was never applied'
      : `${formatSpan(fault.appliedMs)} to ${fault.revertedMs === undefined ? 'the end' : formatSpan(fault.revertedMs)}`;
  return [
    row(`  ${fault.id}`, `${style.bold(fault.what)}, ${when}, ${plural(fault.hits, 'hit')}`),
    ...(fault.appliedMs === undefined ? [] : [row('', `${costText(during)}; ${recoveryText(fault)}`)]),
    ...(fault.problem === undefined ? [] : [row('', style.bad(fault.problem))]),
    ...(fault.appliedMs === undefined || fault.isVerified
      ? []
      : [row('', style.bad('its end could not be verified'))]),
  ];
}

function costText(during: ReportCell): string {
  if (during.planned === 0) return 'no request was due meanwhile';
  const failed = during.planned - during.outcomes.ok;
  const latency =
    during.latency === undefined
      ? ''
      : `, p50 ${formatMs(during.latency.p50Ms)}, p99 ${formatMs(during.latency.p99Ms)}`;
  return `meanwhile ${formatCount(failed)} of ${plural(during.planned, 'request')} failed${latency}`;
}

function recoveryText(fault: ReportFault): string {
  if (fault.recoveryFromStartMs === 0) return 'never down';
  if (fault.recoveryFromEndMs === undefined) return 'did not recover';
  if (fault.recoveryFromEndMs === 0 && fault.recoveryFromStartMs !== undefined) {
    return `back after ${formatMs(fault.recoveryFromStartMs)}, while it lasted`;
  }
  return `back ${formatMs(fault.recoveryFromEndMs)} after its end`;
}

/** Who died, when, and for how long. */
function processLines({ processEvents }: Report): readonly string[] {
  const lines = processEvents.flatMap((down, index) => {
    if (down.state !== 'down') return [];
    const back = processEvents
      .slice(index)
      .find(({ name, state }) => name === down.name && state === 'ready');
    const until = back === undefined ? 'and stayed away' : `back after ${formatMs(back.atMs - down.atMs)}`;
    return [`${down.name} died at ${formatSpan(down.atMs)} (${down.reason ?? 'no reason known'}), ${until}`];
  });
  if (lines.length === 0) return [];
  return [...lines.map((line, index) => row(index === 0 ? 'processes' : '', line)), ''];
}

function breakerLines({ breakers }: Report): readonly string[] {
  if (breakers.length === 0) return [];
  const texts = breakers.map(
    ({ name, openedCount, refusedCount, wastedCount }) =>
      `${name} opened ${formatCount(openedCount)}×, refused ${plural(refusedCount, 'call')}, wasted ${formatCount(wastedCount)}`,
  );
  return [...texts.map((text, index) => row(index === 0 ? 'breakers' : '', text)), ''];
}

function gateLines({ steadyState, gates }: Report, style: Style): readonly string[] {
  const all = [...steadyState, ...gates];
  if (all.length === 0) return [];
  const width = Math.max(...all.map((gate) => gateText(gate).length));
  return ['Gates', ...all.map((gate) => gateLine(gate, width, style)), ''];
}

function gateText(gate: ReportGate): string {
  return gate.when === undefined ? gate.text : `${gate.text} (${gate.when})`;
}

function gateLine(gate: ReportGate, width: number, style: Style): string {
  const mark = { pass: style.good('pass'), fail: style.bad('FAIL'), unknown: style.warn('????') }[gate.kind];
  const reason = gate.kind === 'unknown' ? `  ${gate.reason}` : '';
  return `  ${mark}  ${gateText(gate).padEnd(width)}  ${gate.measuredText}${reason}`;
}

/** Enough to start looking; the report has them all. */
const MAX_FINDINGS_SHOWN = 5;

function auditBlock({ audit }: Report, style: Style): readonly string[] {
  if (audit.invariants.length === 0) return [];
  const remaining = audit.isDrained ? '' : style.warn(` (not drained: ${audit.remaining.join('; ')})`);
  return [
    `Audit of ${plural(audit.operationsCount, 'operation')}${remaining}`,
    ...auditLines(audit.invariants, style),
    '',
  ];
}

/** A line per invariant, and under it what was found. */
export function auditLines(invariants: readonly InvariantResult[], style: Style): readonly string[] {
  const words = {
    holds: style.good('holds'),
    violated: style.bad('VIOLATED'),
    unknown: style.warn('unknown'),
  };
  return invariants.flatMap((invariant) => [
    `  ${words[invariant.answer]}  ${invariant.name}  ${style.dim(`${formatCount(invariant.checkedCount)} checked`)}`,
    ...invariant.findings.slice(0, MAX_FINDINGS_SHOWN).map((finding) => `      ${finding.message}`),
    ...(invariant.findings.length > MAX_FINDINGS_SHOWN
      ? [`      and ${plural(invariant.findings.length - MAX_FINDINGS_SHOWN, 'more finding')}`]
      : []),
  ]);
}

function generatorLines({ generator, agents }: Report, style: Style): readonly string[] {
  const made =
    agents === undefined
      ? []
      : [
          row(
            'agents',
            agents.parts.map(({ name, requests }) => `${name} ${formatCount(requests)}`).join(', '),
          ),
        ];
  if (!generator.isSaturated) return made;
  return [...made, row('generator', style.warn(`saturated: ${generator.reasons.join('; ')}`))];
}
