/**
 * One client against one URL, in a process of its own, so that its CPU time is its alone. Its argument is a
 * `ClientOrder` as JSON; it prints a `ClientResult` as JSON. It warms up first: what is measured is compiled code.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { runClosedLoop } from '../../src/load/closed-loop.ts';
import { runAutocannonAtRate } from './autocannon-at-rate.ts';
import type { ClientOrder, ClientResult } from './client.ts';
import { runOpenLoop } from './open-loop.ts';
import { runBare } from './run-bare.ts';
import { runUndici } from './run-undici.ts';

const order = JSON.parse(process.argv[2] ?? '') as ClientOrder;
const url = new URL(order.url);

/** As long as V8 goes on compiling at 10,000 requests a second: after 1.5 s a request still costs half as much again. */
const WARMUP_MS = 4_000;

await run(WARMUP_MS);
// What the warm-up left to do is not the measured part's.
await sleep(100);
const before = process.cpuUsage();
const { requests, slipMsP99 } = await run(order.forMs);
const { user, system } = process.cpuUsage(before);
const measured: ClientResult = {
  requests,
  cpuUs: user + system,
  ...(slipMsP99 === undefined ? {} : { slipMsP99 }),
};
process.stdout.write(`${JSON.stringify(measured)}\n`);
process.exit();

async function run(forMs: number): Promise<Pick<ClientResult, 'requests' | 'slipMsP99'>> {
  const { kind, perSecond, connections } = order;
  switch (kind) {
    case 'open loop':
      return runOpenLoop(url, perSecond, forMs);
    case 'bare':
      return { requests: await runBare(url, perSecond, forMs) };
    case 'autocannon at rate':
      return { requests: await runAutocannonAtRate(url, perSecond, connections, forMs) };
    case 'closed loop': {
      const signal = new AbortController().signal;
      const result = await runClosedLoop({ url, connections, forMs, timeoutMs: 5_000, signal });
      return { requests: result.answered };
    }
    case 'undici':
      return { requests: await runUndici(url, connections, forMs) };
  }
}
