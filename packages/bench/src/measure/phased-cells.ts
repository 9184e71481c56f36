import type { Sample } from '../load/sample.ts';
import { type Cells, createCells } from './cells.ts';
import { createFaultClock } from './fault-clock.ts';
import { createPhaseFinder, type FaultWindow, type PhaseTimeline } from './phase.ts';

/** Cells whose phases follow the actual times of the faults. */
export interface PhasedCells {
  add(sample: Sample): void;
  faultPlanned(fault: FaultWindow): void;
  faultApplied(id: string, atMs: number): void;
  faultReverted(id: string, atMs: number): void;
  /** As known by now. */
  timeline(): PhaseTimeline;
  /** Only what is decided; what waits for news of a fault is left out. */
  decided(): Cells;
  /** Settles what is undecided by what is known, and by the plan where nothing is. */
  settled(): Cells;
}

/**
 * Samples that end between a fault's planned time and the news of its actual one wait, so that
 * `during` means exactly the time in which the fault was on. At 1,000 requests/s these are 100 s of
 * waiting and about 10 MiB; beyond that the plan decides.
 */
const UNDECIDED_MAX = 100_000;

export function createPhasedCells(planned: PhaseTimeline): PhasedCells {
  const cells = createCells();
  const faultClock = createFaultClock(planned.faults);
  let timeline = planned;
  let phasesAt = createPhaseFinder(timeline);
  let undecided: Sample[] = [];

  const book = (sample: Sample): void => cells.add(sample, phasesAt(sample.intendedMs));
  const onNews = (): void => {
    const faults: readonly FaultWindow[] = faultClock.windows();
    timeline = { ...timeline, faults };
    phasesAt = createPhaseFinder(timeline);
    const waiting = undecided;
    undecided = [];
    for (const sample of waiting) {
      if (faultClock.isOpen(sample.intendedMs)) undecided.push(sample);
      else book(sample);
    }
  };
  return {
    add: (sample) => {
      if (undecided.length < UNDECIDED_MAX && faultClock.isOpen(sample.intendedMs)) undecided.push(sample);
      else book(sample);
    },
    faultPlanned: (fault) => {
      faultClock.planned(fault);
      onNews();
    },
    faultApplied: (id, atMs) => {
      faultClock.applied(id, atMs);
      onNews();
    },
    faultReverted: (id, atMs) => {
      faultClock.reverted(id, atMs);
      onNews();
    },
    timeline: () => timeline,
    decided: () => cells,
    settled: () => {
      for (const sample of undecided) book(sample);
      undecided = [];
      return cells;
    },
  };
}
