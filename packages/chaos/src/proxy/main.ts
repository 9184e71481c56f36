/**
 * The fault proxy as a process of its own, so that carrying (and delaying) bytes never disturbs the load
 * generator. `--listen HOST:PORT` is the control address, `--seed TEXT` decides which connections a toxic
 * with a share meets. Logs one JSON line per event; SIGTERM and SIGINT end it.
 */
import { parseArgs } from 'node:util';
import { parseAddress } from './address.ts';
import { serveFaultProxy } from './serve-fault-proxy.ts';

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
const server = await serveFaultProxy({ listen, seed: values.seed, onEvent: log });
log({ kind: 'listening', ...server.address });

let isEnding = false;
const end = async (): Promise<void> => {
  if (isEnding) return;
  isEnding = true;
  await server.close();
  log({ kind: 'ended' });
};
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end());
