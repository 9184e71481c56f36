import { isOperation } from '../load/history-file.ts';
import { createLedger, type Ledger, type LedgerTotals, REQUEST_OUTCOMES } from '../load/ledger.ts';
import type { LoadSink } from '../load/sample.ts';
import { type BatchHead, type SampleRecord, splitBatch } from './sample-batch.ts';
import { shareError } from './share-error.ts';
import type { DrillShareResult } from './share-result.ts';

/** Puts the batches of all shares into one sink, as if one load had filled it. */
export interface BatchIntake {
  /** What is wrong with a share when its batches are not whole any more. Throws BAD_SHARE for what cannot be understood. */
  take(bytes: Buffer): { readonly share: number; readonly reason: string } | undefined;
  /** In what the figures of a share that has ended differ from what came of it; undefined when they agree. */
  differenceFrom(result: DrillShareResult): string | undefined;
  /** Of everything that was taken. */
  totals(): LedgerTotals;
}

export interface BatchIntakeOptions {
  readonly shareCount: number;
  /** Ids of a share's requests are `<run>-<share>-<n>`. */
  readonly runId: string;
  /** No request of the load can end later, ms since zero: one that says so is broken, and would cost memory. */
  readonly latestMs: number;
  readonly sink: LoadSink;
  readonly nextOperationIndex: () => number;
  readonly hearOfShare: (news: unknown) => void;
}

interface Taken {
  readonly ledger: Ledger;
  readonly pairs: (readonly [journey: string, route: string])[];
  batchCount: number;
  operationCount: number;
  isBroken: boolean;
}

export function createBatchIntake(options: BatchIntakeOptions): BatchIntake {
  const { shareCount, runId, latestMs, sink } = options;
  const shares = Array.from({ length: shareCount }, (): Taken => {
    return { ledger: createLedger(), pairs: [], batchCount: 0, operationCount: 0, isBroken: false };
  });
  const total = createLedger();

  const takeSample = (taken: Taken, share: number, record: SampleRecord): void => {
    const { pair, requestNumber, ...sample } = record;
    const names = taken.pairs[pair];
    if (names === undefined) throw badBatch(share, `it names pair ${pair} of ${taken.pairs.length}`);
    if (sample.endedMs > latestMs || sample.intendedMs > latestMs) {
      throw badBatch(share, `a request of it ended after ${Math.round(sample.endedMs)} ms`);
    }
    for (const ledger of [taken.ledger, total]) {
      ledger.plan();
      ledger.end(sample.outcome);
    }
    const [journey, route] = names;
    const requestId = requestNumber === 0 ? {} : { requestId: requestIdOf(runId, share, requestNumber) };
    sink.sample({ ...sample, ...requestId, journey, route });
  };
  const takeOperations = (taken: Taken, { share, operations }: BatchHead): void => {
    for (const each of operations) {
      const numbered = { ...(each as object), index: options.nextOperationIndex() };
      if (!isOperation(numbered)) throw badBatch(share, 'it has an operation that is none');
      taken.operationCount += 1;
      sink.operation(numbered);
    }
  };
  return {
    take: (bytes) => {
      const { head, records } = splitBatch(bytes);
      const { share, sequence } = head;
      const taken = shares[share];
      if (taken === undefined) throw badBatch(share, `there are ${shareCount}`);
      // Handed over twice because the first answer was lost; once is enough. After a gap nothing counts any more.
      if (sequence < taken.batchCount || taken.isBroken) return undefined;
      if (sequence > taken.batchCount) {
        taken.isBroken = true;
        return { share, reason: `of its requests batch ${taken.batchCount + 1} never came` };
      }
      taken.batchCount += 1;
      taken.pairs.push(...head.pairs);
      for (const record of records) takeSample(taken, share, record);
      takeOperations(taken, head);
      if (head.news !== undefined) options.hearOfShare(head.news);
      return undefined;
    },
    differenceFrom: ({ share: { index }, ledger, batchCount, operationCount }) => {
      const taken = shares[index];
      if (taken === undefined) return 'it is none of the shares';
      const came = taken.ledger.totals();
      const keys = ['planned', ...REQUEST_OUTCOMES] as const;
      const wrong = keys.find((key) => came[key] !== ledger[key]);
      if (wrong !== undefined)
        return `it made ${ledger[wrong]} requests (${wrong}), ${came[wrong]} of them came`;
      if (batchCount !== taken.batchCount)
        return `it sent ${batchCount} batches, ${taken.batchCount} of them came`;
      return operationCount === taken.operationCount
        ? undefined
        : `it made ${operationCount} operations, ${taken.operationCount} of them came`;
    },
    totals: () => total.totals(),
  };
}

/** The prefix of a share's requests' ids, so that no two shares have one in common. */
export function requestPrefixOf(runId: string, share: number): string {
  return `${runId}-${share}`;
}

function requestIdOf(runId: string, share: number, number: number): string {
  return `${requestPrefixOf(runId, share)}-${number}`;
}

function badBatch(share: number, why: string): Error {
  const message = `a batch of share ${share + 1} cannot be understood: ${why}`;
  return shareError({ kind: 'internal', code: 'BAD_SHARE', message });
}
