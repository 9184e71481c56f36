/**
 * A controller to be killed by a test: starts a fault proxy, puts a forwarder in front of `port`, applies a fault of
 * each kind for an hour, prints one JSON line with the forwarder's port, and waits for ever.
 */
import { createSupervisor, systemClock } from '@stormcart/core';
import { createFault, createFaultSession, startFaultProxy } from '../src/index.ts';

const [runId = '', folder = '', port = ''] = process.argv.slice(2);
const supervisor = createSupervisor(runId);
const faultProxy = await startFaultProxy({
  supervisor,
  logFolder: folder,
  signal: AbortSignal.timeout(60_000),
});
const upstream = { host: '127.0.0.1', port: Number(port) };
const address = await faultProxy.http.createProxy({ name: 'a->b', upstream });
const targets = {
  proxies: new Map<string, string>(),
  httpProxies: new Map([['a->b', 'a->b']]),
  faultProxy,
  processes: new Map(),
  stores: new Map(),
};
const session = createFaultSession({ clock: systemClock });
for (const kind of ['abort', 'delay', 'wrong_body', 'cut_body', 'lose_reply']) {
  const attributes = { route: `/${kind}`, ...(kind === 'delay' ? { delay: 3_600_000 } : {}) };
  const fault = createFault({ id: kind, family: 'http', kind, targets: ['a->b'], attributes }, targets);
  void session.inject(fault, 3_600_000);
}
while (session.events.filter((event) => event.kind === 'applied').length < 5) await systemClock.sleep(5);
process.stdout.write(`${JSON.stringify({ port: address.port })}\n`);
setInterval(() => undefined, 60_000);
