import { duration } from '@stormcart/core';
import type { Reporter } from '../reporter.ts';
import { arrivalsIn, type Timeline, windowsOf } from '../timeline.ts';
import type { StageDraft } from './draft.ts';

/** Planning so many takes seconds and measuring them hours; beyond it somebody slipped a zero. */
const MOST_ARRIVALS = 100_000_000;

/** Whether each stage can be what it says. */
export function checkShapes(entries: readonly (StageDraft | undefined)[], reporter: Reporter): void {
  entries.forEach((entry, index) => {
    if (entry?.spikeFor === undefined || entry.for === undefined || entry.spikeFor <= entry.for) return;
    reporter.error(
      ['load', 'stages', index, 'spikeFor'],
      `the spike lasts ${duration.format(entry.spikeFor)}, longer than its stage of ${duration.format(entry.for)}`,
    );
  });
}

/** Whether the stages make a load that can be measured. */
export function checkStages(timeline: Timeline, sliceMs: number | undefined, reporter: Reporter): void {
  const path = ['load', 'stages'];
  const { stages } = timeline;
  const firstMeasured = stages.findIndex((stage) => !stage.isWarmup);
  if (firstMeasured === -1) {
    reporter.error(
      path,
      'every stage is warm-up, so nothing would be measured; add a stage without `warmup: true`',
    );
    return;
  }
  stages.forEach((stage, index) => {
    if (stage.isWarmup && index > firstMeasured) {
      reporter.error([...path, index, 'warmup'], 'a warm-up stage cannot come after a measured one');
    }
  });
  const windows = windowsOf(timeline, undefined);
  const measured = arrivalsIn(timeline, windows);
  if (measured < 1) reporter.error(path, 'the measured stages plan no request at all');
  if (timeline.pacer.total > MOST_ARRIVALS) {
    reporter.error(
      path,
      `the stages add up to ${Math.round(timeline.pacer.total)} arrivals; at most ${MOST_ARRIVALS} can be planned`,
    );
  }
  if (sliceMs !== undefined) checkSlices(measured, timeline.totalMs - timeline.warmupMs, sliceMs, reporter);
}

function checkSlices(arrivals: number, measuredMs: number, sliceMs: number, reporter: Reporter): void {
  const path = ['availability', 'slice'];
  const perSlice = (arrivals * sliceMs) / measuredMs;
  if (sliceMs > measuredMs) {
    reporter.error(path, 'a slice is longer than the measured time');
  } else if (arrivals >= 1 && perSlice < 1) {
    reporter.warn(
      path,
      `a slice gets ${Number(perSlice.toPrecision(2))} requests on average; slices without any only repeat the state before them, so make slices longer or the rate higher`,
    );
  }
}
