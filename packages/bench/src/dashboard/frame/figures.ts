import type { DrillState, SecondState } from '../../control/drill-state.ts';
import { formatCount, formatMs, formatShare } from '../../report/format.ts';
import { sparkRows } from './layout.ts';
import { cell, type Line, span, type Tone } from './line.ts';
import { largestOf, type Scale, sparkline, type Values } from './sparkline.ts';
import { faultBar, outageBar } from './timeline-bar.ts';
import type { View } from './view.ts';

const LABEL_COLUMNS = 11;
const FIGURE_COLUMNS = 25;

/** One row of the upper half: label, current figure, and what it was. */
interface Figure {
  readonly label: string;
  readonly text: string;
  readonly tone: Tone;
  readonly values: Values;
  readonly scale: Scale;
}

export function figureRows(rows: number): number {
  return 2 + FIGURES * sparkRows(rows);
}

const FIGURES = 5;

/** The timeline, and rate, latencies, errors and availability of the latest seconds. */
export function figures({ columns, rows, glyphs }: View, state: DrillState): readonly Line[] {
  const barColumns = Math.max(columns - LABEL_COLUMNS - FIGURE_COLUMNS, 0);
  const height = sparkRows(rows);
  return [
    [...lead('faults', faultText(state), faultTone(state)), ...faultBar(state, barColumns, glyphs)],
    [...lead('outages', outageText(state), outageTone(state)), ...outageBar(state, barColumns, glyphs)],
    ...figuresOf(state).flatMap(({ label, text, tone, values, scale }) =>
      sparkline(values, scale, { columns: barColumns, rows: height }, glyphs).map((bars, row): Line => {
        const isLabelled = row === height - 1;
        return [...lead(isLabelled ? label : '', isLabelled ? text : '', tone), span(bars, 'accent')];
      }),
    ),
  ];
}

function lead(label: string, text: string, tone: Tone): Line {
  return [cell(` ${label}`, LABEL_COLUMNS, 'faint'), cell(text, FIGURE_COLUMNS - 1, tone), span(' ')];
}

function figuresOf(state: DrillState): readonly Figure[] {
  const { seconds, load } = state;
  const last = lastFull(seconds);
  const p50 = seconds.map(({ p50Ms }) => p50Ms);
  const p99 = seconds.map(({ p99Ms }) => p99Ms);
  const errors = seconds.map(errorShare);
  const planned = largestOf(seconds.map(({ plannedCount }) => plannedCount));
  const rate = last === undefined ? '-' : formatCount(last.okCount);
  return [
    {
      label: 'rate',
      text: `${rate}/s ok, plan ${formatCount(load.plannedPerSecond)}/s`,
      tone: load.isPaused ? 'warn' : 'plain',
      values: seconds.map(({ okCount }) => okCount),
      scale: { from: 0, to: planned },
    },
    latency('p50', p50, last?.p50Ms),
    latency('p99', p99, last?.p99Ms),
    {
      label: 'errors',
      text: last === undefined ? '-' : errorText(last),
      tone: last !== undefined && errorShare(last) > 0 ? 'bad' : 'plain',
      values: errors,
      scale: { from: 0, to: 1 },
    },
    availability(state),
  ];
}

function latency(label: string, values: Values, now: number | undefined): Figure {
  const worst = largestOf(values);
  return {
    label,
    text: now === undefined ? '-' : `${formatMs(now)}, worst ${formatMs(worst)}`,
    tone: 'plain',
    values,
    scale: { from: 0, to: worst },
  };
}

function availability({ availability: share, objective, seconds }: DrillState): Figure {
  const goal = objective === undefined ? '' : `, goal ${formatShare(objective)}`;
  const isMissed = share !== undefined && objective !== undefined && share < objective;
  return {
    label: 'available',
    text: share === undefined ? '-' : `${isMissed ? '! ' : ''}${formatShare(share)}${goal}`,
    tone: isMissed ? 'bad' : 'good',
    values: seconds.map((second) => second.availability),
    scale: { from: 0, to: 1 },
  };
}

/** The newest second is still filling up; the one before it is whole. */
function lastFull(seconds: readonly SecondState[]): SecondState | undefined {
  return seconds.at(-2) ?? seconds.at(-1);
}

function errorShare({ plannedCount, okCount }: SecondState): number {
  return plannedCount === 0 ? 0 : Math.min(Math.max(1 - okCount / plannedCount, 0), 1);
}

function errorText(second: SecondState): string {
  const count = Math.max(second.plannedCount - second.okCount, 0);
  return count === 0 ? 'none' : `! ${formatCount(count)}/s, ${formatShare(errorShare(second))}`;
}

function faultText({ faults, atMs }: DrillState): string {
  const on = faults.filter(({ state }) => state === 'on');
  const [first] = on;
  if (first !== undefined && on.length === 1) {
    return `! ${first.id} on, ${secondsText(first.endMs - atMs)} left`;
  }
  if (on.length > 1) return `! ${on.length} on: ${on.map(({ id }) => id).join(', ')}`;
  const next = faults
    .filter(({ state }) => state === 'toCome')
    .toSorted((left, right) => left.startMs - right.startMs)[0];
  if (next !== undefined) return `${next.id} in ${secondsText(next.startMs - atMs)}`;
  return faults.length === 0 ? 'none planned' : 'all over';
}

function faultTone({ faults }: DrillState): Tone {
  return faults.some(({ state }) => state === 'on') ? 'warn' : 'plain';
}

function outageText({ outages }: DrillState): string {
  if (outages.length === 0) return 'none';
  const downMs = outages.reduce((total, { startMs, endMs }) => total + (endMs - startMs), 0);
  return `! ${outages.length}, ${secondsText(downMs)} down`;
}

function outageTone({ outages }: DrillState): Tone {
  return outages.length > 0 ? 'bad' : 'good';
}

function secondsText(ms: number): string {
  return `${(Math.max(ms, 0) / 1_000).toFixed(1)} s`;
}
