import type { ClientExchange, Operation } from '@stormcart/core';
import { createHistoryWriter } from '../load/history-file.ts';
import type { LoadSink, Sample } from '../load/sample.ts';
import type { Measurement } from '../measure/measurement.ts';
import type { AbortWatch } from './abort-watch.ts';

/** Where everything goes that the load and the probes have seen. */
export interface Recorder {
  readonly sink: LoadSink;
  /** The probes' requests are no part of what is measured. */
  readonly probeSink: LoadSink;
  readonly operations: readonly Operation[];
  readonly exchanges: readonly ClientExchange[];
  close(): Promise<void>;
}

/** Every sample is measured, every operation kept for the audit and written down. */
export function openRecorder(
  file: string,
  measurement: Measurement,
  abortWatch: AbortWatch | undefined,
): Recorder {
  const history = createHistoryWriter(file);
  const operations: Operation[] = [];
  const exchanges: ClientExchange[] = [];
  const keep = ({ requestId, status }: Sample): void => {
    if (requestId !== undefined && status !== undefined) exchanges.push({ requestId, status });
  };
  const operation = (done: Operation): void => {
    operations.push(done);
    history.write(done);
  };
  return {
    operations,
    exchanges,
    sink: {
      sample: (sample) => {
        measurement.add(sample);
        abortWatch?.add(sample);
        keep(sample);
      },
      operation,
    },
    probeSink: { sample: keep, operation },
    close: () => history.close(),
  };
}
