import type UPlot from 'uplot';
import {
  type ChartColumns,
  latencyColumns,
  rateCeiling,
  rateColumns,
  successColumns,
  successFloor,
} from './chart-figures.ts';
import type { PageData, RouteData } from './page-data.ts';
import { formatLatency, formatTime, type TimeWindow } from './time-axis.ts';

declare const uPlot: typeof UPlot;

export interface Charts {
  show(window: TimeWindow): void;
  choose(route: RouteData | undefined): void;
  /** Colours have changed. */
  repaint(): void;
  /** To their places, or to a sheet of paper. */
  fit(paper?: { readonly width: number; readonly heightShare: number }): void;
}

export interface ChartOptions {
  readonly data: PageData;
  readonly color: (name: string) => string;
  /** The reader has zoomed by dragging or asked for everything by a double click. */
  readonly onZoom: (window: TimeWindow) => void;
  /** Where the pointer is, in ms; undefined when it has left. */
  readonly onPoint: (ms: number | undefined) => void;
}

interface Line {
  readonly label: string;
  /** A name of the style sheet. */
  readonly color: string;
  readonly width?: number;
  readonly dash?: number[];
  readonly fill?: string;
}

interface ChartKind {
  readonly id: string;
  readonly height: number;
  readonly lines: readonly Line[];
  readonly columns: (data: PageData, route: RouteData | undefined) => ChartColumns;
  /** The ends of the axis; logarithmic and by the data when absent. */
  readonly range?: (columns: ChartColumns) => [number, number];
  readonly format: (value: number) => string;
}

/** Left of every plot and of the lanes under them: the style sheet knows it, too. */
const AXIS_WIDTH = 58;
const RIGHT_PADDING = 12;

const KINDS: readonly ChartKind[] = [
  {
    id: 'rate',
    height: 190,
    lines: [
      { label: 'due', color: 'line-quiet', fill: 'fill-quiet', width: 1 },
      { label: 'sent', color: 'line-blue', width: 1.5 },
      { label: 'answered', color: 'line-green', width: 1.5, dash: [6, 3] },
      { label: 'plan (journeys)', color: 'line-strong', width: 1, dash: [2, 3] },
    ],
    columns: rateColumns,
    range: (columns) => [0, rateCeiling(columns)],
    format: (value) => `${Number(value.toFixed(1))}/s`,
  },
  {
    id: 'latency',
    height: 240,
    lines: [
      { label: 'p50', color: 'line-blue', width: 1.5 },
      { label: 'p90', color: 'line-green', width: 1.5, dash: [6, 3] },
      { label: 'p99', color: 'line-orange', width: 2 },
      { label: 'max', color: 'line-red', width: 1, dash: [2, 3] },
    ],
    columns: latencyColumns,
    format: formatLatency,
  },
  {
    id: 'success',
    height: 150,
    lines: [
      { label: 'succeeded', color: 'line-green', width: 1.5 },
      { label: 'down below', color: 'line-red', width: 1, dash: [2, 3] },
    ],
    columns: successColumns,
    range: (columns) => [successFloor(columns), 100.5],
    format: (value) => `${Number(value.toFixed(2))} %`,
  },
];

/** Draws the charts into their places on one time axis. */
export function drawCharts(options: ChartOptions): Charts {
  const { data } = options;
  const drawn = KINDS.map((kind) => {
    const place = document.querySelector<HTMLElement>(`#chart-${kind.id}`);
    if (place === null) throw new Error(`there is no place for the chart ${kind.id}`);
    const columns = kind.columns(data, undefined);
    place.textContent = '';
    return {
      kind,
      place,
      plot: new uPlot(optionsOf(kind, columns, place.clientWidth, options), columns, place),
    };
  });
  return {
    show: ({ fromMs, toMs }) => {
      for (const { plot } of drawn) plot.setScale('x', { min: fromMs / 1_000, max: toMs / 1_000 });
    },
    choose: (route) => {
      for (const { kind, plot } of drawn) {
        const { min = 0, max = 0 } = plot.scales['x'] ?? {};
        plot.setData(kind.columns(data, route), true);
        plot.setScale('x', { min, max });
      }
    },
    repaint: () => {
      for (const { kind, plot } of drawn) {
        plot.redraw(false, true);
        // The legend takes its colours once, when it is made. Its first entry is the time.
        const markers = [...plot.root.querySelectorAll<HTMLElement>('.u-marker')].slice(1);
        for (const [place, marker] of markers.entries()) {
          marker.style.borderColor = options.color(kind.lines[place]?.color ?? 'muted');
        }
      }
    },
    fit: (paper) => {
      for (const { kind, place, plot } of drawn) {
        const height = Math.round(kind.height * (paper?.heightShare ?? 1));
        plot.setSize({ width: paper?.width ?? place.clientWidth, height });
      }
    },
  };
}

function optionsOf(
  kind: ChartKind,
  columns: ChartColumns,
  width: number,
  { data, color, onZoom, onPoint }: ChartOptions,
): UPlot.Options {
  const paint = (name: string) => () => color(name);
  const axis = { stroke: paint('muted'), font: '11px system-ui, sans-serif', ticks: { show: false } };
  const grid = { stroke: paint('grid'), width: 1 };
  const { range } = kind;
  return {
    width,
    height: kind.height,
    padding: [10, RIGHT_PADDING, 0, 0],
    scales: {
      x: { time: false, range: (_plot, min, max) => [min ?? 0, max ?? data.totalMs / 1_000] },
      y: range === undefined ? { distr: 3, log: 10 } : { range: (plot) => range(plot.data as ChartColumns) },
    },
    axes: [
      {
        ...axis,
        grid,
        size: 28,
        values: (_plot, splits) => splits.map((seconds) => formatTime(seconds * 1_000)),
      },
      {
        ...axis,
        grid: range === undefined ? { ...grid, filter: (_plot, splits) => splits.map(wholePower) } : grid,
        size: AXIS_WIDTH,
        values: (_plot, splits) => splits.map((value) => (value === null ? '' : kind.format(value))),
      },
    ],
    series: [
      { label: 'time', value: (_plot, seconds) => (seconds === null ? '' : formatTime(seconds * 1_000)) },
      ...kind.lines.map((line): UPlot.Series => seriesOf(line, kind, paint)),
    ],
    legend: { markers: { width: 3, dash: (_plot, place) => dashOf(kind.lines[place - 1]) } },
    cursor: {
      sync: { key: 'time', setSeries: false },
      drag: { x: true, y: false, setScale: false },
      points: { size: 6 },
      bind: { dblclick: () => () => (onZoom({ fromMs: 0, toMs: data.totalMs }), null) },
    },
    hooks: {
      drawClear: [(plot) => shadeFaults(plot, data, color)],
      setCursor: [
        (plot) => {
          const { left = -1 } = plot.cursor;
          onPoint(left < 0 ? undefined : plot.posToVal(left, 'x') * 1_000);
        },
      ],
      setSelect: [
        (plot) => {
          const { left, width: selected } = plot.select;
          if (selected < 3) return;
          const at = (x: number): number => plot.posToVal(x, 'x') * 1_000;
          onZoom({ fromMs: at(left), toMs: at(left + selected) });
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}

function dashOf(line: Line | undefined): string {
  return line?.dash === undefined ? 'solid' : 'dashed';
}

/** A logarithmic axis has lines at 1, 10, 100 only: those between say nothing and make it grey. */
function wholePower(value: number): number | null {
  return Number.isInteger(Math.log10(value)) ? value : null;
}

function seriesOf(line: Line, kind: ChartKind, paint: (name: string) => () => string): UPlot.Series {
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  return {
    label: line.label,
    stroke: paint(line.color),
    width: line.width ?? 1,
    ...(line.dash === undefined ? {} : { dash: line.dash }),
    ...(line.fill === undefined ? {} : { fill: paint(line.fill) }),
    ...(stepped === undefined ? {} : { paths: stepped }),
    points: { show: false },
    value: (_plot, value) => (value === null ? '–' : kind.format(value)),
  };
}

/** Behind the lines, with an edge on both sides: a tint alone is not enough for every eye and printer. */
function shadeFaults(plot: UPlot, { faults }: PageData, color: (name: string) => string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const { startMs, endMs } of faults) {
    const [left, right] = [startMs, endMs].map((ms) => plot.valToPos(ms / 1_000, 'x', true));
    if (left === undefined || right === undefined) continue;
    ctx.fillStyle = color('fault-tint');
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.fillStyle = color('fault-edge');
    for (const edge of [left, right]) ctx.fillRect(Math.round(edge), bbox.top, devicePixelRatio, bbox.height);
  }
  ctx.restore();
}
