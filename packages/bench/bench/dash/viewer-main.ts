import { PassThrough, Writable } from 'node:stream';
import { systemClock } from '@stormcart/core';
import { z } from 'zod';
import { controlFileFormat } from '../../src/control/control-file.ts';
import { runDashboard } from '../../src/dashboard/run-dashboard.ts';

/** What the bench asks of the dashboard's process, and what it answers. */
const questionFormat = z.enum(['figures', 'leave']);

export interface ViewerFigures {
  /** CPU time of this process so far, user and system. */
  readonly cpuMs: number;
  /** After a full collection. */
  readonly heapBytes: number;
  readonly residentBytes: number;
  /** Written to the terminal so far. */
  readonly writtenBytes: number;
}

// The dashboard in a process of its own, as in use, on a terminal of 200x60 that swallows what it is sent.
const control = controlFileFormat.parse(JSON.parse(process.argv[2] ?? ''));
let writtenBytes = 0;
const output = new Writable({
  write: (chunk: Buffer, _encoding, done) => {
    writtenBytes += chunk.length;
    done();
  },
});
Object.assign(output, { columns: 200, rows: 60, isTTY: true });
const stop = new AbortController();

process.on('message', (message) => {
  if (questionFormat.parse(message) === 'leave') stop.abort(new Error('left'));
  else process.send?.(figures());
});

await runDashboard({
  runName: 'bench',
  control,
  input: new PassThrough(),
  output,
  term: 'xterm-256color',
  terminal: { kind: 'screen', depth: '256', isAscii: false },
  clock: systemClock,
  signal: stop.signal,
  isAlive: () => Promise.resolve(true),
  isLeavingAtEnd: false,
}).catch(() => undefined);
process.disconnect?.();

function figures(): ViewerFigures {
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  const { heapUsed, rss } = process.memoryUsage();
  return { cpuMs: (user + system) / 1_000, heapBytes: heapUsed, residentBytes: rss, writtenBytes };
}
