import type { Report, ReportGate } from '../../report.ts';
import { type Content, type Html, html } from '../html.ts';
import { mark } from './mark.ts';
import { table } from './table.ts';

const MARKS = {
  pass: mark('good', 'pass'),
  fail: mark('bad', 'FAIL'),
  unknown: mark('doubt', 'unknown'),
} as const;

export function gatesSection({ gates, steadyState, scenario }: Report): Html | undefined {
  if (gates.length + steadyState.length === 0) return undefined;
  const row = (gate: ReportGate): readonly Content[] => [
    MARKS[gate.kind],
    html`<code>${gate.text}</code>${gate.when === undefined ? '' : ` ${gate.when}`}${gate.kind === 'unknown' ? html`<br><span class="note">${gate.reason.replace(`${gate.text}: `, '')}</span>` : undefined}`,
    gate.measuredText,
    gate.limitText,
    gate.line,
  ];
  const columns = [
    { head: '' },
    { head: 'gate', isWide: true },
    { head: 'measured', isNumber: true },
    { head: 'wanted', isNumber: true },
    { head: 'line', isNumber: true },
  ];
  return html`<section aria-labelledby="gates-head"><h2 id="gates-head">Gates</h2>
${gates.length === 0 ? undefined : table(`Gates of ${scenario.file}`, columns, gates.map(row))}
${steadyState.length === 0 ? undefined : table('Steady state', columns, steadyState.map(row))}
</section>`;
}
