/**
 * A controller to be killed by a test. Its argument is a `ControllerOrder`; it breaks things that it did not start, so
 * that they outlive it, and says on standard output what it does, one JSON line each.
 */
import { type Address, type SystemProcess, systemClock } from '@stormcart/core';
import {
  createFault,
  createFaultSession,
  type Fault,
  type FaultSpec,
  openFaultGuard,
  type WatchdogLimits,
} from '../src/index.ts';
import { attachFaultProxy } from '../src/proxy/fault-proxy.ts';

export interface ControllerOrder {
  readonly journalFile: string;
  readonly logFile: string;
  readonly limits: WatchdogLimits;
  /** The control API of a proxy, and the names of its proxies. */
  readonly control: Address;
  readonly proxies: readonly string[];
  /** Pids by name. */
  readonly processes: Readonly<Record<string, number>>;
  readonly faults: readonly (FaultSpec & { readonly forMs: number })[];
  /** Faults whose revert never ends. */
  readonly stuck: readonly string[];
  /** How long the session waits for a revert. */
  readonly revertMs: number;
}

const order = JSON.parse(process.argv[2] ?? '') as ControllerOrder;
const say = (word: Readonly<Record<string, unknown>>): void => {
  process.stdout.write(`${JSON.stringify(word)}\n`);
};

const guard = await openFaultGuard({
  runId: 'ends',
  journalFile: order.journalFile,
  watchdogLogFile: order.logFile,
  limits: order.limits,
  onNews: (text) => say({ kind: 'news', text }),
});
say({ kind: 'opened' });
await guard.ready().then(
  () => say({ kind: 'ready' }),
  () => say({ kind: 'unready' }),
);
const session = createFaultSession({
  clock: systemClock,
  journal: guard.journal,
  limits: { revertMs: order.revertMs },
});
session.onEvent((event) => say({ ...event, kind: 'event', change: event.kind }));
const targets = {
  proxies: new Map(order.proxies.map((name) => [name, name])),
  faultProxy: attachFaultProxy(order.control),
  processes: new Map(Object.entries(order.processes).map(([name, pid]) => [name, outside(name, pid)])),
  stores: new Map(),
};
// Whatever the test wants next, it says with a line.
process.stdin.once('data', () => void close());

const records = await Promise.all(
  order.faults.map(({ forMs, ...spec }) => session.inject(stick(createFault(spec, targets)), forMs)),
);
for (const record of records) say({ kind: 'record', ...record });

async function close(): Promise<void> {
  await session.rollback();
  say({ kind: 'closed', ...(await guard.close()) });
  process.exit(0);
}

function stick(fault: Fault): Fault {
  return order.stuck.includes(fault.id) ? { ...fault, revert: () => new Promise(() => undefined) } : fault;
}

/** A process that somebody else looks after. */
function outside(name: string, pid: number): SystemProcess {
  return {
    name,
    pid: () => pid,
    state: () => 'ready',
    whenReady: async () => undefined,
    restart: () => Promise.reject(new Error('it is not ours')),
  };
}
