import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { RowDetails, TopologyRow } from './drill-state.ts';
import type { LiveRows } from './live-rows.ts';

/** As many lines as the tallest screen shows and some to scroll. */
const LINES_MAX = 200;
/** 200 lines of a structured log. */
const TAIL_BYTES = 128 * 1024;

/** One row of the topology, with what is worth a closer look. */
export async function rowDetails(
  row: TopologyRow,
  { rows, logFolder, pid }: { readonly rows: LiveRows; readonly logFolder: string; readonly pid?: number },
): Promise<RowDetails> {
  const latencyHistogram = rows.latenciesOf(row.name);
  return {
    row,
    ...(pid === undefined ? {} : { pid }),
    ...(latencyHistogram.length === 0 ? {} : { latencyHistogram }),
    logTail: await tailOf(join(logFolder, `${row.name.replaceAll('/', '-')}.log`)),
    transitions: rows.transitionsOf(row.name).map(({ breaker, atMs, to }) => ({ breaker, atMs, to })),
  };
}

/** The last lines of a file; none where there is no such file. */
async function tailOf(file: string): Promise<readonly string[]> {
  const handle = await open(file).catch(() => undefined);
  if (handle === undefined) return [];
  try {
    const { size } = await handle.stat();
    const startByte = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, startByte);
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
    // The first one begins somewhere in its middle, the last one is what follows the last line feed.
    return lines.slice(startByte === 0 ? 0 : 1, -1).slice(-LINES_MAX);
  } finally {
    await handle.close();
  }
}
