import { systemClock } from '@stormcart/core';
import { runLoad } from '../load/driver.ts';
import { singleRequest } from '../load/single-request.ts';
import { createLoadTally } from './load-figures.ts';
import { encodeGenerator, type LoadShareResult } from './share-result.ts';
import { type LoadShareTask, planOf } from './share-task.ts';

/** How far a share is. */
export interface ShareProgress {
  /** Since the plan began. */
  readonly atMs: number;
  readonly answers: number;
  readonly ok: number;
  /** Requests under way; absent where nobody asks for it. */
  readonly inFlight?: number;
  /** How late it sends, 99th percentile; absent when nothing was sent. */
  readonly slipMsP99?: number;
}

export interface RunShareOptions {
  readonly task: LoadShareTask;
  /** On the clock of this machine: when the plan begins. */
  readonly zeroMs: number;
  /** Ends it early; what was measured until then is the result. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ShareProgress) => void;
}

export const PROGRESS_EVERY_MS = 500;

/** Runs one share of a plan in this process. Throws what `runLoad` throws. */
export async function runShare({
  task,
  zeroMs,
  signal,
  onProgress,
}: RunShareOptions): Promise<LoadShareResult> {
  const { order, share } = task;
  const url = new URL(order.url);
  const plan = planOf(order);
  const tally = createLoadTally({ totalMs: plan.totalMs, sliceMs: order.sliceMs });
  const progress = setInterval(() => {
    const { planned, ok } = tally.ledger;
    onProgress({ atMs: systemClock.now() - zeroMs, answers: planned, ok });
  }, PROGRESS_EVERY_MS);
  try {
    const result = await runLoad({
      plan,
      share,
      journeys: [singleRequest(url)],
      target: url,
      trust: order.trust,
      seed: order.seed,
      // Ids differ between shares: every process counts its requests from 1.
      runId: share.of === 1 ? order.runId : `${order.runId}-${share.index}`,
      timeoutMs: order.timeoutMs,
      maxInFlight: Math.ceil(order.maxInFlight / share.of),
      zeroMs,
      signal,
      sink: { sample: (sample) => tally.add(sample), operation: () => undefined },
    });
    return {
      kind: 'figures',
      share,
      figures: tally.encode(),
      generator: encodeGenerator(result.generator),
      endedMs: result.endedMs,
      wasAborted: result.wasAborted,
    };
  } finally {
    clearInterval(progress);
  }
}
