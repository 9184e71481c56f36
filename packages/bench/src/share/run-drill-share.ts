import { systemClock } from '@stormcart/core';
import { type LoadGauges, runLoad } from '../load/driver.ts';
import type { LoadSink } from '../load/sample.ts';
import type { Steering } from '../load/steering.ts';
import { requestPrefixOf } from './batch-intake.ts';
import { type BatchWriter, createBatchWriter } from './batch-writer.ts';
import { drillPlanOf } from './drill-order.ts';
import { PROGRESS_EVERY_MS, type ShareProgress } from './run-share.ts';
import { shareJourneys } from './share-journeys.ts';
import { type DrillShareResult, encodeGenerator } from './share-result.ts';
import type { DrillShareTask } from './share-task.ts';

export interface RunDrillShareOptions {
  readonly task: DrillShareTask;
  /** On the clock of this machine: when the plan begins. */
  readonly zeroMs: number;
  /** Ends it early; what was seen until then has been handed out. */
  readonly signal: AbortSignal;
  readonly steering: Steering;
  readonly onProgress: (progress: ShareProgress) => void;
  /** What was seen, several times a second. */
  readonly onBatch: (bytes: Buffer) => void;
}

/** Whoever watches a drill sees it so late; a dashboard is drawn ten times a second at the most. */
const FLUSH_EVERY_MS = 200;

/** Makes one share of a drill's load in this process. Throws what `runLoad` throws. */
export async function runDrillShare(options: RunDrillShareOptions): Promise<DrillShareResult> {
  const { order, share } = options.task;
  const { zeroMs, signal, steering, onProgress, onBatch } = options;
  const plan = drillPlanOf(order);
  const { journeys, news } = shareJourneys(options.task, plan);
  const runId = requestPrefixOf(order.runId, share.index);
  const writer = createBatchWriter({ share: share.index, requestPrefix: runId, onBatch, news });
  const counted = countAnswers(writer);
  let gauges: LoadGauges | undefined;
  const flushing = setInterval(() => writer.flush(), FLUSH_EVERY_MS);
  const progress = setInterval(() => {
    const slipMsP99 = gauges?.slipMsP99();
    onProgress({
      atMs: systemClock.now() - zeroMs,
      ...counted.counts(),
      inFlight: gauges?.inFlight() ?? 0,
      ...(slipMsP99 === undefined ? {} : { slipMsP99 }),
    });
  }, PROGRESS_EVERY_MS);
  try {
    const result = await runLoad({
      plan,
      share,
      journeys,
      target: new URL(order.url),
      trust: order.trust,
      seed: order.seed,
      habits: order.habits,
      runId,
      timeoutMs: order.timeoutMs,
      maxInFlight: Math.ceil(order.maxInFlight / share.of),
      zeroMs,
      signal,
      steering,
      sink: counted.sink,
      onGauges: (given) => {
        gauges = given;
      },
    });
    writer.flush();
    return {
      kind: 'samples',
      share,
      ledger: result.ledger,
      batchCount: writer.batchCount,
      operationCount: writer.operationCount,
      generator: encodeGenerator(result.generator),
      endedMs: result.endedMs,
      wasAborted: result.wasAborted,
    };
  } finally {
    clearInterval(flushing);
    clearInterval(progress);
  }
}

function countAnswers(writer: BatchWriter): {
  readonly sink: LoadSink;
  readonly counts: () => Pick<ShareProgress, 'answers' | 'ok'>;
} {
  let [answers, ok] = [0, 0];
  return {
    sink: {
      sample: (sample) => {
        answers += 1;
        if (sample.outcome === 'ok') ok += 1;
        writer.sample(sample);
      },
      operation: (operation) => writer.operation(operation),
    },
    counts: () => ({ answers, ok }),
  };
}
