/**
 * A system for drills: one server, and the link over which its visitors come. Put your own processes, links and journeys
 * in their place; docs/own-system.md explains each piece.
 */
import { fileURLToPath } from 'node:url';
import { type Journey, leasePort, linkOf, pollUntil, type SystemModule } from '@stormcart/core';

/** Links are where faults can sit: `from->to`. */
const visitorsToServer = linkOf('visitors', 'server');

/** What visitors do. Each arrival of the load is one visit. */
const look: Journey = {
  name: 'look',
  about: 'looks at the front page',
  routes: ['front'],
  run: async (visit) => {
    await visit.request({ route: 'front', method: 'GET', path: '/', expect: (status) => status === 200 });
  },
};

const system: SystemModule = {
  name: 'my-system',
  /** Everything that a scenario may name. */
  describe: () => ({ links: [visitorsToServer], processes: ['server'], journeys: [look] }),
  boot: async (_config, context) => {
    const { supervisor, logFolder, signal } = context;
    const lease = await leasePort();
    const address = { host: '127.0.0.1', port: lease.port };
    // Started, restarted when it dies, and ended with the drill, whatever becomes of that.
    const server = await supervisor.start({
      name: 'server',
      command: process.execPath,
      args: [fileURLToPath(new URL('./server.ts', import.meta.url))],
      env: { PORT: String(lease.port) },
      workFolder: logFolder,
      logFile: `${logFolder}/server.log`,
      ready: (given) =>
        pollUntil(async () => (await fetch(`http://127.0.0.1:${lease.port}/`)).ok, {
          everyMs: 50,
          signal: AbortSignal.any([given, signal]),
        }),
      readyTimeoutMs: 10_000,
      stopSignal: 'SIGTERM',
      stopTimeoutMs: 2_000,
      restart: { kind: 'always', delayMs: 200 },
    });
    // The real address, or that of a fault proxy where the scenario breaks this link.
    const entry = await context.interpose(visitorsToServer, address);
    return {
      entryUrl: `http://${entry.host}:${entry.port}`,
      processes: [server],
      journeys: [look],
      close: () => lease.close(),
    };
  },
};

export default system;
