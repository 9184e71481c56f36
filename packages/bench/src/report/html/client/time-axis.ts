/** A stretch of the run's time in milliseconds. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Shorter than the finest step and slice that is worth looking at. */
const SHORTEST_MS = 500;

/** The window within the run, never shorter than half a second. */
export function clampWindow({ fromMs, toMs }: TimeWindow, totalMs: number): TimeWindow {
  const length = Math.min(Math.max(toMs - fromMs, SHORTEST_MS), totalMs);
  const from = Math.min(Math.max(fromMs, 0), totalMs - length);
  return { fromMs: from, toMs: from + length };
}

/** Zoomed about its middle: 0.5 shows half of it, 2 twice as much. */
export function scaleWindow({ fromMs, toMs }: TimeWindow, factor: number, totalMs: number): TimeWindow {
  const middle = (fromMs + toMs) / 2;
  const half = ((toMs - fromMs) / 2) * factor;
  return clampWindow({ fromMs: middle - half, toMs: middle + half }, totalMs);
}

/** Moved by a share of its length: -0.5 half a window back. */
export function shiftWindow({ fromMs, toMs }: TimeWindow, share: number, totalMs: number): TimeWindow {
  const by = (toMs - fromMs) * share;
  return clampWindow({ fromMs: fromMs + by, toMs: toMs + by }, totalMs);
}

const TICK_STEPS_MS = [
  100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000,
  1_800_000, 3_600_000, 7_200_000, 21_600_000, 43_200_000, 86_400_000,
];

/** Round times in the window, at most `most` of them. */
export function timeTicks({ fromMs, toMs }: TimeWindow, most: number): readonly number[] {
  const step = TICK_STEPS_MS.find((each) => (toMs - fromMs) / each <= most) ?? (toMs - fromMs) / most;
  const ticks: number[] = [];
  for (let tick = Math.ceil(fromMs / step) * step; tick <= toMs; tick += step) ticks.push(tick);
  return ticks;
}

/** `0 s`, `2.5 s`, `1:30`, `2:00:00`. */
export function formatTime(ms: number): string {
  const seconds = ms / 1_000;
  if (Math.abs(seconds) < 60) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60];
  return hours === 0
    ? `${minutes}:${twoDigits(whole % 60)}`
    : `${hours}:${twoDigits(minutes)}:${twoDigits(whole % 60)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** `3.2 ms`, `420 ms`, `1.24 s`. */
export function formatLatency(ms: number): string {
  if (ms < 10) return `${Number(ms.toFixed(1))} ms`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return `${Number((ms / 1_000).toFixed(2))} s`;
}
