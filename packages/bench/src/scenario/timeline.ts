import { createPacer, type Pacer } from '../plan/pacer.ts';
import { type Stage, totalMsOf, warmupMsOf } from '../plan/stage.ts';

/** A stretch of the load, [startMs, endMs). */
export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

/** When a fault is on. */
interface FaultWindow extends Window {
  /** Its place in the file. */
  readonly index: number;
  readonly id: string | undefined;
}

/** What a scenario will do when, as far as it can be known before it runs. */
export interface Timeline {
  readonly stages: readonly Stage[];
  readonly totalMs: number;
  readonly warmupMs: number;
  readonly pacer: Pacer;
  readonly faults: readonly FaultWindow[];
}

export function createTimeline(stages: readonly Stage[], faults: Timeline['faults']): Timeline {
  return {
    stages,
    totalMs: totalMsOf(stages),
    warmupMs: warmupMsOf(stages),
    pacer: createPacer(stages),
    faults,
  };
}

/** When a phase is on; empty when it never is. Without a name: all measured time. */
export function windowsOf(timeline: Timeline, phase: string | undefined): readonly Window[] {
  const { totalMs, warmupMs, faults } = timeline;
  const firstFaultMs = Math.min(totalMs, ...faults.map((fault) => fault.startMs));
  switch (phase) {
    case undefined:
      return existing([{ startMs: warmupMs, endMs: totalMs }]);
    case 'warmup':
      return existing([{ startMs: 0, endMs: warmupMs }]);
    case 'baseline':
      return existing([{ startMs: warmupMs, endMs: firstFaultMs }]);
    case 'recovery':
      return gapsAfterFaults(timeline);
    default:
      return existing(
        faults
          .filter((fault) => fault.id === phase)
          .map(({ startMs, endMs }) => ({
            startMs: Math.max(startMs, warmupMs),
            endMs: Math.min(endMs, totalMs),
          })),
      );
  }
}

/** How many arrivals are planned in these stretches. */
export function arrivalsIn(timeline: Timeline, windows: readonly Window[]): number {
  const { pacer } = timeline;
  return windows.reduce(
    (sum, { startMs, endMs }) => sum + pacer.countUntil(endMs) - pacer.countUntil(startMs),
    0,
  );
}

/** Measured time after the first fault's start in which no fault is on. */
function gapsAfterFaults({ totalMs, warmupMs, faults }: Timeline): readonly Window[] {
  const gaps: Window[] = [];
  const sorted = faults.toSorted((left, right) => left.startMs - right.startMs);
  let coveredUntilMs = sorted[0]?.endMs ?? totalMs;
  for (const { startMs, endMs } of sorted) {
    gaps.push({ startMs: coveredUntilMs, endMs: startMs });
    coveredUntilMs = Math.max(coveredUntilMs, endMs);
  }
  gaps.push({ startMs: coveredUntilMs, endMs: totalMs });
  return existing(gaps.map(({ startMs, endMs }) => ({ startMs: Math.max(startMs, warmupMs), endMs })));
}

function existing(windows: readonly Window[]): readonly Window[] {
  return windows.filter(({ startMs, endMs }) => endMs > startMs);
}
