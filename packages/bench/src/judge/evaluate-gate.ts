import type { Unit } from '@stormcart/core';
import type { Figures } from './figures.ts';
import type { Gate, Labels, Operator } from './gate.ts';
import type { Metric } from './metric/metric.ts';
import { metricNamed } from './metric/table.ts';
import { type WorstWindow, worstWindow } from './worst-window.ts';

export interface GateResult {
  /** The gate as it is written. */
  readonly text: string;
  readonly line: number;
  /** `unknown`: there was nothing to measure it by. It never counts as passed. */
  readonly kind: 'pass' | 'fail' | 'unknown';
  /** In the base of the metric's unit; absent when unknown or when the thing never happened. */
  readonly measured?: number;
  /** For people, with its unit; `unknown` when there is none. */
  readonly measuredText: string;
  readonly limitText: string;
  /** One sentence. */
  readonly reason: string;
}

/**
 * Compares what was measured with the gate's limit. `during` narrows a gate that names no phase
 * itself, for steady states, which are asked of a phase from outside.
 */
export function evaluateGate(gate: Gate, figures: Figures, during?: string): GateResult {
  const metric = metricNamed(gate.metric);
  if (metric === undefined) throw new RangeError(`no metric is called ${gate.metric}`);
  const limitText = `${gate.operator} ${metric.unit.format(gate.limit)}`;
  const labels =
    during !== undefined && gate.labels['during'] === undefined && Object.hasOwn(metric.labels, 'during')
      ? { ...gate.labels, during }
      : gate.labels;
  return {
    text: gate.text,
    line: gate.line,
    limitText,
    ...judge(gate, metric, readingOf(gate, metric, labels, figures)),
  };
}

function readingOf(gate: Gate, metric: Metric, labels: Labels, figures: Figures): WorstWindow {
  const { operator, limit, windowMs } = gate;
  return windowMs === undefined
    ? { reading: metric.read(labels, figures) }
    : worstWindow(metric, labels, operator, limit, figures, windowMs);
}

function judge(
  gate: Gate,
  metric: Metric,
  { reading, where }: WorstWindow,
): Pick<GateResult, 'kind' | 'measured' | 'measuredText' | 'reason'> {
  if (reading.kind === 'unknown' || Number.isNaN(reading.value)) {
    const why = reading.kind === 'unknown' ? reading.reason : 'the measurement is no number';
    return { kind: 'unknown', measuredText: 'unknown', reason: `${gate.text}: ${why}` };
  }
  const { value } = reading;
  const passes = compare(value, gate.operator, gate.limit);
  const measuredText = Number.isFinite(value)
    ? formatMeasured(metric.unit, value, gate.limit)
    : (metric.neverText ?? 'never');
  return {
    kind: passes ? 'pass' : 'fail',
    ...(Number.isFinite(value) ? { measured: value } : {}),
    measuredText,
    reason: `${gate.text}: ${passes ? 'measured' : 'failed, measured'} ${measuredText}${where === undefined ? '' : ` (${where})`}`,
  };
}

/** Two figures nearer than this are the same: 1 − 0.03 must meet 97%. */
const NOISE = 1e-9;

function compare(value: number, operator: Operator, limit: number): boolean {
  const isEqual = value === limit || Math.abs(value - limit) <= NOISE * Math.max(1, Math.abs(limit));
  const answers: Readonly<Record<Operator, boolean>> = {
    '<': value < limit && !isEqual,
    '<=': value < limit || isEqual,
    '>': value > limit && !isEqual,
    '>=': value > limit || isEqual,
    '==': isEqual,
  };
  return answers[operator];
}

/** Four figures are enough to read, unless rounding would make a miss look like a hit. */
function formatMeasured(unit: Unit, value: number, limit: number): string {
  for (const digits of [4, 6, 9]) {
    const rounded = Number(value.toPrecision(digits));
    if (rounded !== limit || value === limit) return unit.format(rounded);
  }
  return unit.format(value);
}
