/**
 * A controller to be killed by a test. Its argument is a `StoreControllerOrder`; it breaks stores that it did not start,
 * so that they outlive it, one fault after the other, and says each that is on, one JSON line each.
 */
import {
  createFault,
  createFaultSession,
  type FaultSpec,
  openFaultGuard,
  usualWatchdogLimits,
} from '@stormcart/chaos';
import { type SystemProcess, type SystemStore, systemClock } from '@stormcart/core';

export interface StoreControllerOrder {
  readonly journalFile: string;
  readonly logFile: string;
  /** How long it may stand still before its watchdog acts. */
  readonly silenceMs: number;
  readonly stores: readonly SystemStore[];
  /** Pids by name. */
  readonly processes: Readonly<Record<string, number>>;
  readonly faults: readonly FaultSpec[];
}

/** Longer than any test: only a death ends them. */
const LEASE_MS = 600_000;

const order = JSON.parse(process.argv[2] ?? '') as StoreControllerOrder;
const guard = await openFaultGuard({
  runId: 'store-ends',
  journalFile: order.journalFile,
  watchdogLogFile: order.logFile,
  limits: { ...usualWatchdogLimits, silenceMs: order.silenceMs },
  onNews: (text) => process.stderr.write(`${text}\n`),
});
await guard.ready();
const session = createFaultSession({ clock: systemClock, journal: guard.journal });
const targets = {
  proxies: new Map<string, string>(),
  faultProxy: undefined,
  processes: new Map(Object.entries(order.processes).map(([name, pid]) => [name, outside(name, pid)])),
  stores: new Map(order.stores.map((store) => [store.name, store])),
};
let turn = Promise.withResolvers<void>();
session.onEvent(({ kind, id, problem }) => {
  process.stdout.write(`${JSON.stringify({ kind, id, problem })}\n`);
  turn.resolve();
});
const over: Promise<unknown>[] = [];
for (const spec of order.faults) {
  turn = Promise.withResolvers<void>();
  over.push(session.inject(createFault(spec, targets), LEASE_MS));
  await turn.promise;
}
await Promise.all(over);

/** A process that somebody else looks after. */
function outside(name: string, pid: number): SystemProcess {
  return {
    name,
    pid: () => pid,
    state: () => 'ready',
    whenReady: async () => undefined,
    restart: () => Promise.reject(new Error(`${name} is not ours`)),
  };
}
