/**
 * The fault proxy as a process of its own, so that carrying (and delaying) bytes never disturbs the load
 * generator. `--listen HOST:PORT` is the control address, `--seed TEXT` decides which connections a toxic
 * with a share meets. Logs one JSON line per event; SIGTERM and SIGINT end it.
 */
import { parseArgs } from 'node:util';
import { systemClock } from '@stormcart/core';
import { serveControl } from './control-server.ts';
import { ProxySet } from './proxy-set.ts';
import { parseAddress } from './wire.ts';

const { values } = parseArgs({
  options: {
    listen: { type: 'string', default: '127.0.0.1:8474' },
    seed: { type: 'string', default: '0' },
  },
});
const listen = parseAddress(values.listen);
if (listen === undefined) throw new Error(`--listen ${values.listen}: an address such as 127.0.0.1:8474`);

const log = (event: Readonly<Record<string, unknown>>): void => {
  process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`);
};
const set = new ProxySet({ seed: values.seed, clock: systemClock, onEvent: log });
const control = await serveControl(set, listen);
log({ kind: 'listening', ...control.address });

let isEnding = false;
const end = async (): Promise<void> => {
  if (isEnding) return;
  isEnding = true;
  await control.close();
  await set.close();
  log({ kind: 'ended' });
};
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end());
