import { formatMs, formatSpan } from '../../format.ts';
import type { Report } from '../../report.ts';
import { formatTime, timeTicks } from '../client/time-axis.ts';
import { type Html, html } from '../html.ts';
import { type Lane, lanesOf, type Piece } from '../lane.ts';
import { table } from './table.ts';

/** As many labels as a narrow page has room for; the page's script knows its real width. */
const TICKS_MAX = 8;
/** A screen reader should not have to list hundreds of pieces. */
const SPOKEN_MAX = 12;

const LEGEND = [
  ['up', 'up, closed'],
  ['down', 'down, open'],
  ['partly-down', 'partly down'],
  ['half-open', 'half-open'],
  ['starting', 'starting'],
  ['active', 'fault'],
] as const;

/** The charts and, under them on the same axis, the states. The states are complete without any script. */
export function timelineSection(report: Report): Html {
  return html`<section id="timeline" aria-labelledby="timeline-head">
<h2 id="timeline-head">Timeline</h2>
${controls(report)}
<div id="charts">
${chart('rate', 'Requests per second', 'due by the plan, sent, and answered; a journey has one or more requests')}
${chart('latency', 'Latency', 'from the intended start, logarithmic')}
${chart('success', 'Success', 'of the requests that were due')}
</div>
${lanesBlock(report)}
${stepsTable(report)}
</section>`;
}

function controls({ series, faults }: Report): Html {
  const zooms = faults
    .filter(({ appliedMs }) => appliedMs !== undefined)
    .map(({ id, appliedMs = 0, revertedMs = appliedMs }) => {
      // Some of what was before and after, to see the difference.
      const margin = Math.max(1_000, (revertedMs - appliedMs) / 4);
      return html`<button type="button" data-zoom-from="${Math.max(0, appliedMs - margin)}" data-zoom-to="${revertedMs + margin}">${id}</button>`;
    });
  return html`<div class="controls screen">
<label>route <select id="route"><option value="">all</option>${series.routes.map(({ name }) => html`<option>${name}</option>`)}</select></label>
<span role="group" aria-label="Zoom"><button type="button" data-move="whole">whole run</button><button type="button" data-move="back" aria-label="earlier">◀</button><button type="button" data-move="on" aria-label="later">▶</button><button type="button" data-move="in" aria-label="zoom in">+</button><button type="button" data-move="out" aria-label="zoom out">−</button></span>
${zooms.length === 0 ? undefined : html`<span role="group" aria-label="Zoom to a fault">${zooms}</span>`}
<span class="note">drag over a chart to zoom</span>
</div>`;
}

function chart(id: string, title: string, about: string): Html {
  return html`<figure><figcaption><strong>${title}</strong> <span>${about}</span></figcaption>
<div id="chart-${id}" class="chart">Charts need JavaScript; the figures of each step are in the table below.</div></figure>`;
}

function lanesBlock(report: Report): Html {
  const { totalMs } = report.load;
  const lanes = lanesOf(report);
  const groups: readonly (readonly [string, readonly Lane[], string])[] = [
    ['Availability', [lanes.availability], ''],
    ['Faults', lanes.faults, ''],
    ['Breakers', lanes.breakers, quiet('closed all the time', lanes.closedBreakers)],
    ['Processes', lanes.processes, quiet('up all the time', lanes.steadyProcesses)],
  ];
  const shades = lanes.faults.flatMap(({ pieces }) =>
    pieces.map(({ startMs, endMs }) => html`<i class="shade" style="${place({ startMs, endMs })}"></i>`),
  );
  const ticks = timeTicks({ fromMs: 0, toMs: totalMs }, TICKS_MAX);
  return html`<div id="lanes" style="--from:0;--span:${Math.max(totalMs, 1)}">
<div class="lane-backdrop" aria-hidden="true">${shades}<i class="lane-cursor" hidden></i></div>
${groups
  .filter(([, own, note]) => own.length > 0 || note !== '')
  .map(
    ([title, own, note]) => html`<h3>${title}</h3>
${own.map((lane) => laneBlock(lane))}${note === '' ? undefined : html`<p class="note">${note}</p>`}
`,
  )}<div class="lane-axis" aria-hidden="true">${ticks.map((ms) => html`<span style="--at:${ms}">${formatTime(ms)}</span>`)}</div>
</div>
<p class="legend" aria-hidden="true">${LEGEND.map(([state, words]) => html`<span><i class="piece ${state}"></i>${words}</span>`)}</p>`;
}

function quiet(what: string, names: readonly string[]): string {
  return names.length === 0 ? '' : `${what}: ${names.join(', ')}`;
}

function laneBlock({ name, pieces }: Lane): Html {
  const spoken = pieces
    .slice(0, SPOKEN_MAX)
    .map(({ startMs, endMs, state }) => `${state} from ${formatSpan(startMs)} to ${formatSpan(endMs)}`);
  const more = pieces.length > SPOKEN_MAX ? ` and ${pieces.length - SPOKEN_MAX} more` : '';
  return html`<div class="lane"><span class="lane-name">${name}</span><div class="track" role="img" aria-label="${name}: ${spoken.join(', ')}${more}">${pieces.map(
    (piece) =>
      html`<i class="piece ${piece.state.replaceAll(' ', '-')}" style="${place(piece)}" title="${piece.state}, ${formatSpan(piece.startMs)} to ${formatSpan(piece.endMs)}"></i>`,
  )}</div></div>
`;
}

function place({ startMs, endMs }: Pick<Piece, 'startMs' | 'endMs'>): string {
  return `--s:${Math.round(startMs)};--e:${Math.round(endMs)}`;
}

function stepsTable({ series: { steps, stepMs } }: Report): Html {
  const number = { isNumber: true };
  const columns = ['from', 'due', 'sent', 'answered', 'ok', 'p50', 'p90', 'p99', 'max'].map((head) => ({
    head,
    ...number,
  }));
  const rows = steps.map(({ startMs, planned, sent, answered, outcomes, latency }) => [
    formatTime(startMs),
    planned,
    sent,
    answered,
    outcomes.ok,
    ...(latency === undefined
      ? ['–', '–', '–', '–']
      : [latency.p50Ms, latency.p90Ms, latency.p99Ms, latency.maxMs].map(formatMs)),
  ]);
  const caption = `Each step of ${formatSpan(stepMs)}`;
  return html`<details class="screen"><summary>Figures of each step</summary>${table(caption, columns, rows, 700)}</details>`;
}
