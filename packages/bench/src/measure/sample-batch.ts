import type { Sample } from '../load/sample.ts';

/** Samples that have been told and not yet been summed up. */
export interface SampleBatch {
  add(sample: Sample): void;
  /** Sums up what is there; whoever asks a question does this first. */
  settle(): void;
}

/**
 * Summing up touches a dozen tables that nothing else touches. Between two requests the processor has long lost them
 * from its caches; many samples at a time bring them in once. 256 are 25 ms at 10,000 requests a second, and summing
 * them up takes 0.15 ms, which delays no answer that could be seen.
 */
const BATCH_MAX = 256;

/** `sumUp` gets the samples in the order in which they were told; it may keep them, but not the list. */
export function createSampleBatch(sumUp: (samples: readonly Sample[]) => void): SampleBatch {
  let samples: Sample[] = [];
  const settle = (): void => {
    if (samples.length === 0) return;
    const told = samples;
    samples = [];
    sumUp(told);
  };
  return {
    add: (sample) => {
      samples.push(sample);
      if (samples.length === BATCH_MAX) settle();
    },
    settle,
  };
}
