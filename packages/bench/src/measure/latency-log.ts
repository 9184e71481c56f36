import { HistogramLogWriter } from 'hdr-histogram-js';
import type { LatencyHistogram } from './latency.ts';

/** Collects interval histograms as lines of the HdrHistogram log format 1.3, which many tools read. */
export interface LatencyLog {
  /** Milliseconds since the load's start. */
  add(startMs: number, endMs: number, latency: LatencyHistogram): void;
  /** The whole file. `startedWallMs`: the load's start, in ms since 1970. */
  text(startedWallMs: number): string;
}

/** The maximum of each interval is written in ms; the values inside are µs. */
const US_PER_MS = 1_000;

/** One line of about half a KiB per interval. */
export function createLatencyLog(): LatencyLog {
  const lines: string[] = [];
  const writer = new HistogramLogWriter((line) => lines.push(line));
  return {
    add: (startMs, endMs, latency) => {
      writer.outputIntervalHistogram(latency.raw, startMs / 1_000, endMs / 1_000, US_PER_MS);
    },
    text: (startedWallMs) => {
      const head: string[] = [];
      const headWriter = new HistogramLogWriter((line) => head.push(line));
      headWriter.outputComment(
        'Latency from the intended start, in microseconds; Interval_Max in milliseconds',
      );
      headWriter.outputLogFormatVersion();
      headWriter.outputStartTime(startedWallMs);
      headWriter.outputLegend();
      return [...head, ...lines].join('');
    },
  };
}
