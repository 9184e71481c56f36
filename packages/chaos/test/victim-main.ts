/**
 * A server to be broken by tests: answers what it takes for the time, and writes into its data folder when asked to.
 * Arguments: a file for its port, its data folder. SIGTERM ends it.
 */
import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { systemCodeOf } from '@stormcart/core';
import type { VictimAnswer } from './victim.ts';

const [portFile = '', dataFolder = ''] = process.argv.slice(2);
const temporal = (globalThis as unknown as { Temporal: { Now: Record<string, () => unknown> } }).Temporal.Now;
const readers = ['instant', 'zonedDateTimeISO', 'plainDateTimeISO', 'plainDateISO', 'plainTimeISO'] as const;
const first = { Date, now: Date.now, temporal: readers.map((name) => temporal[name]) };

const server = createServer((request, response) => {
  response.setHeader('Date', new Date().toUTCString());
  if (request.method === 'POST') {
    response.end(append());
    return;
  }
  const answer: VictimAnswer = {
    wallMs: Date.now(),
    constructedMs: new Date().getTime(),
    keptMs: first.Date.now(),
    calledMs: Date.parse(Date()),
    instantMs: Date.parse(String(temporal['instant']?.())),
    monotonicMs: Number(process.hrtime.bigint()) / 1e6,
    isFirstClock:
      Date === first.Date &&
      Date.now === first.now &&
      new Date().constructor === first.Date &&
      readers.every((name, index) => temporal[name] === first.temporal[index]),
    isDateADate: new Date() instanceof Date && new Date().constructor === Date,
    symbols: Object.getOwnPropertySymbols(globalThis).map(String),
  };
  response.end(JSON.stringify(answer));
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  writeFileSync(`${portFile}.new`, String(address.port));
  renameSync(`${portFile}.new`, portFile);
});
process.on('SIGTERM', () => process.exit(0));

function append(): string {
  try {
    appendFileSync(`${dataFolder}/journal`, Buffer.alloc(65_536, 1));
    return 'written';
  } catch (error) {
    return systemCodeOf(error) ?? 'failed';
  }
}
