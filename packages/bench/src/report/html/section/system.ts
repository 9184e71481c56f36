import { formatCount, formatMs, formatSpan, plural } from '../../format.ts';
import type { Report } from '../../report.ts';
import { runFiles } from '../../run-files.ts';
import { type Html, html } from '../html.ts';
import { mark } from './mark.ts';
import { table } from './table.ts';

/** What ran, what became of it, and on what: to understand a figure, or to get it again. */
export function systemSection(report: Report): Html {
  return html`<section aria-labelledby="system-head"><h2 id="system-head">System and environment</h2>
${breakersTable(report)}
${processesTable(report)}
${generatorTable(report)}
<div class="columns">
${table('System', [{ head: 'what' }, { head: 'how', isWide: true }], systemRows(report))}
${table('Environment', [{ head: 'what' }, { head: 'which', isWide: true }], Object.entries(report.environment))}
</div>
</section>`;
}

export function againSection({ again }: Report): Html {
  const rows = runFiles.map(({ file, about }) => [html`<code>${file}</code>`, about]);
  return html`<section aria-labelledby="again-head"><h2 id="again-head">Run it again</h2>
<p class="command"><code id="again">${again}</code> <button id="copy" type="button" class="screen">copy</button></p>
${table('What lies beside this page in the run directory', [{ head: 'file' }, { head: 'what', isWide: true }], rows)}
</section>`;
}

function breakersTable({ breakers }: Report): Html | undefined {
  if (breakers.length === 0) return undefined;
  const columns = [
    { head: 'breaker' },
    ...['opened', 'refused', 'wasted', 'overflow'].map((head) => ({ head, isNumber: true })),
  ];
  const rows = breakers.map(({ name, openedCount, refusedCount, wastedCount, overflowCount }) => [
    html`<code>${name}</code>`,
    ...[openedCount, refusedCount, wastedCount, overflowCount].map(formatCount),
  ]);
  return table('Breakers', columns, rows);
}

function processesTable({ processEvents, load }: Report): Html | undefined {
  const during = processEvents.filter(({ atMs }) => atMs >= 0 && atMs < load.totalMs);
  if (during.length === 0) return undefined;
  const columns = [
    { head: 'at', isNumber: true },
    { head: 'process' },
    { head: 'became' },
    { head: 'why', isWide: true },
  ];
  const rows = during.map(({ atMs, name, state, reason }) => [
    formatSpan(atMs),
    html`<code>${name}</code>`,
    state,
    reason ?? '',
  ]);
  return table('What happened to processes under load', columns, rows, 50);
}

function generatorTable({ generator, agents }: Report): Html {
  const { isSaturated, reasons, figures } = generator;
  const rows = [
    ...(agents === undefined ? [] : agentRows(agents)),
    [
      'verdict on itself',
      isSaturated ? mark('doubt', `saturated: ${reasons.join('; ')}`) : mark('good', 'kept up'),
    ],
    [
      'sent later than planned',
      `p50 ${ms(figures.slipMsP50)}, p99 ${ms(figures.slipMsP99)}, max ${ms(figures.slipMsMax)}`,
    ],
    ['event loop late', `p99 ${ms(figures.loopLagMsP99)}, max ${ms(figures.loopLagMsMax)}`],
    ['event loop busy', `${(figures.loopBusyShare * 100).toFixed(0)} %`],
    [
      'journeys started',
      `${perSecond(figures.achievedPerSecond)} of ${perSecond(figures.plannedPerSecond)} planned`,
    ],
  ];
  return table('Load generator', [{ head: 'what' }, { head: 'measured', isWide: true }], rows);
}

function agentRows({ parts, uncertaintyMs, lost }: NonNullable<Report['agents']>) {
  return [
    ...parts.map(({ name, arrivals, requests }) => [
      html`agent <code>${name}</code>`,
      `${plural(arrivals, 'journey')}, ${plural(requests, 'request')}`,
    ]),
    ...lost.map((reason) => ['lost', mark('doubt', reason)]),
    ['clocks agree within', formatMs(uncertaintyMs)],
  ];
}

function systemRows({ scenario, boot }: Report): readonly (readonly string[])[] {
  const { topology, services, policies, algorithm, seed, scale } = scenario;
  return [
    ['scenario', scenario.file],
    ['topology', topology],
    // A system that has no such thing is asked for none of it.
    ...Object.entries({ services, policies }).flatMap(([what, values]) =>
      Object.keys(values).length === 0 ? [] : [[what, pairs(values)]],
    ),
    ...(algorithm === undefined ? [] : [['balancing', algorithm]]),
    ['seed', String(seed)],
    ...(scale === 1 ? [] : [['times scaled by', String(scale)]]),
    [
      'boot',
      `${formatMs(boot.tookMs)}: ${boot.steps.map(({ step, tookMs }) => `${step} ${formatMs(tookMs)}`).join(', ')}`,
    ],
  ];
}

function ms(value: number | undefined): string {
  return value === undefined ? '–' : formatMs(value);
}

function perSecond(value: number | undefined): string {
  return value === undefined ? '–' : `${value.toFixed(1)}/s`;
}

function pairs(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
