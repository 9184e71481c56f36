import {
  type DrillState,
  type LogEntry,
  SECONDS_SHOWN,
  type SecondState,
} from '../../src/control/drill-state.ts';
import { drillState, outageState } from '../../test/dashboard/drill-states.ts';

const HOUR_MS = 3_600_000;
/** The contract's most: four states a second. */
export const STATE_EVERY_MS = 250;
export const STATES_PER_HOUR = HOUR_MS / STATE_EVERY_MS;

/** The state at a time of an hour's drill: half a minute in every two a fault is on, and availability is lost. */
export function stateAt(atMs: number): DrillState {
  const base = isBad(atMs) ? outageState() : drillState();
  const second = Math.floor(atMs / 1_000);
  const first = Math.max(second - SECONDS_SHOWN + 1, 0);
  return {
    ...base,
    atMs,
    totalMs: HOUR_MS,
    seconds: Array.from({ length: second - first + 1 }, (_, index) => secondAt(first + index)),
    load: { ...base.load, inFlight: second % 40 },
    ledger: { ...base.ledger, planned: second * 40, ok: second * 39 },
  };
}

/** One line of the log a second. */
export function entryAt(atMs: number): LogEntry {
  const number = Math.floor(atMs / 1_000) + 1;
  return {
    number,
    atMs,
    kind: 'notice',
    text: `line ${number}: 商品 ${number} was looked at, as in every second`,
  };
}

function secondAt(second: number): SecondState {
  const isDown = isBad(second * 1_000);
  return {
    startMs: second * 1_000,
    plannedCount: 40,
    okCount: isDown ? 11 : 40 - (second % 3),
    p50Ms: 2 + (second % 7),
    p99Ms: (isDown ? 400 : 9) + (second % 11),
    availability: isDown ? 0.2 : 1,
  };
}

function isBad(atMs: number): boolean {
  return atMs % 120_000 < 30_000;
}
