import type { Measurement } from '../measure/measurement.ts';
import { formatSpan } from '../report/format.ts';

interface OutageLine {
  readonly atMs: number;
  readonly text: string;
}

/**
 * Tells of each outage's beginning and end once. Slices are looked at when their requests have come back, so an outage
 * that hangs in timeouts is told of late, with the time that it really began.
 */
export function createOutageNews(): (
  measurement: Pick<Measurement, 'outages' | 'slices'>,
) => readonly OutageLine[] {
  let isDown = false;
  let toldUntilMs = Number.NEGATIVE_INFINITY;
  return (measurement) => {
    const lines: OutageLine[] = [];
    const { endMs: nowMs } = measurement.slices();
    for (const { startMs, endMs, faults } of measurement.outages()) {
      // What was told as over may turn out to go on, when late failures come in; it is not told twice.
      if (endMs <= toldUntilMs) continue;
      if (!isDown) {
        isDown = true;
        lines.push({
          atMs: startMs,
          text: `down${faults.length === 0 ? '' : ` during ${faults.join(', ')}`}`,
        });
      }
      if (endMs >= nowMs) continue;
      isDown = false;
      toldUntilMs = endMs;
      lines.push({ atMs: endMs, text: `up again after ${formatSpan(endMs - startMs)}` });
    }
    return lines;
  };
}
