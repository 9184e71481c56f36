import type { Measurement } from '../measure/measurement.ts';
import { SECONDS_SHOWN, type SecondState } from './drill-state.ts';

/**
 * The latest seconds. A second still changes while its requests may come in, and its quantiles cost some 0.1 ms, so
 * those that are older than any usual timeout are asked for once.
 */
export function createSecondsShown(): (measurement: Measurement, nowMs: number) => readonly SecondState[] {
  let settled: readonly SecondState[] = [];
  return (measurement, nowMs) => {
    const fromMs = settled.length === 0 ? Math.max(0, nowMs - SECONDS_SHOWN * 1_000) : nextMs(settled);
    const track = measurement.slices();
    const fresh = measurement.seconds(fromMs).map(({ startMs, planned, outcomes, p50Ms, p99Ms }) => {
      const first = Math.floor((startMs - track.startMs) / track.sliceMs);
      const last = Math.ceil((startMs + 1_000 - track.startMs) / track.sliceMs);
      const up = first < 0 ? [] : track.up.slice(first, last);
      return {
        startMs,
        plannedCount: planned,
        okCount: outcomes.ok,
        ...(p50Ms === undefined ? {} : { p50Ms }),
        ...(p99Ms === undefined ? {} : { p99Ms }),
        ...(up.length === 0 ? {} : { availability: up.filter(Boolean).length / up.length }),
      };
    });
    const shown = [...settled, ...fresh].slice(-SECONDS_SHOWN);
    settled = shown.filter(({ startMs }) => startMs + OPEN_MS < nowMs);
    return shown;
  };
}

const OPEN_MS = 7_000;

function nextMs(seconds: readonly SecondState[]): number {
  return (seconds.at(-1)?.startMs ?? -1_000) + 1_000;
}
