import { evaluateGate } from '../judge/evaluate-gate.ts';
import type { Gate } from '../judge/gate.ts';
import { metricNamed } from '../judge/metric/table.ts';
import type { Measurement } from '../measure/measurement.ts';
import type { GateState } from './drill-state.ts';
import { roomOf } from './gate-room.ts';

/** A gate as if the drill ended now. */
export function gateState(gate: Gate, measurement: Measurement | undefined): GateState {
  const metric = metricNamed(gate.metric);
  const limitText = `${gate.operator} ${metric?.unit.format(gate.limit) ?? gate.limit}`;
  if (measurement === undefined || metric === undefined || gate.windowMs !== undefined) {
    const measuredText = gate.windowMs === undefined ? 'unknown' : 'told at the end';
    return { text: gate.text, kind: 'unknown', measuredText, limitText };
  }
  const { kind, measured, measuredText } = evaluateGate(gate, measurement.sofar);
  return {
    text: gate.text,
    kind,
    measuredText,
    limitText,
    ...(measured === undefined ? {} : { room: roomOf(gate, measured, metric.unit.format(1) === '100%') }),
  };
}
