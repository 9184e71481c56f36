import {
  linkOf,
  type RunningSystem,
  type SystemProcess,
  type SystemStore,
  type SystemUnderTest,
} from '@stormcart/core';
import { type FaultRow, faultRows } from './fault-rows.ts';
import type { OutsideAddress } from './outside-world.ts';

/** A system that is mostly there already: a drill boots little of it, breaks all of it, and leaves it as it was. */
export function outsideSystem(outside: OutsideAddress): SystemUnderTest {
  const { entryUrl, certificate, processes } = outside;
  const stores = [...outside.stores, ...targets('store', 'inside').map(doomedStore)];
  const ownProcesses = [...targets('process', 'inside'), ...targets('store', 'inside')];
  const links = targets('link', 'inside').map((name) => linkOf(...(name.split('->') as [string, string])));
  const journey = {
    name: 'visit',
    about: 'searches',
    routes: ['search'] as [string],
    run: async (visit: Parameters<RunningSystem['journeys'][number]['run']>[0]) => {
      await visit.request({
        route: 'search',
        method: 'GET',
        path: '/api/products?q=lamp',
        expect: (status) => status === 200,
      });
    },
  };
  return {
    name: 'outside world',
    options: { topologies: ['external'], services: {}, policies: {}, algorithms: [] },
    describe: () => ({
      links,
      processes: [...ownProcesses, ...Object.keys(processes)],
      stores: stores.map(({ name, technology }) => ({ name, technology })),
      journeys: [journey],
      breakers: [],
      invariants: [],
    }),
    invariants: [],
    requirements: () => Promise.resolve([]),
    installHint: async () => '',
    boot: async (_, context) => {
      const { hostname, port } = new URL(entryUrl);
      const upstream = { host: hostname, port: Number(port) };
      for (const link of links) await context.interpose(link, upstream);
      const own: SystemProcess[] = [];
      for (const name of ownProcesses) {
        own.push(
          await context.supervisor.start({
            name,
            command: 'sleep',
            args: ['600'],
            env: { PATH: process.env['PATH'] ?? '' },
            workFolder: context.dataFolder,
            logFile: `${context.logFolder}/sleep.log`,
            ready: async () => undefined,
            readyTimeoutMs: 10_000,
            stopSignal: 'SIGTERM',
            stopTimeoutMs: 1_000,
            restart: { kind: 'always', delayMs: 50 },
          }),
        );
      }
      return {
        entryUrl,
        certificateAuthority: { certificate, file: '' },
        addresses: {},
        processes: [...own, ...Object.entries(processes).map(([name, pid]) => ofOthers(name, pid))],
        stores,
        journeys: [journey],
        observe: async () => ({ breakers: [] }),
        drain: async () => ({ isDrained: true, remaining: [] }),
        snapshot: async () => ({}),
        close: async () => undefined,
      };
    },
  };
}

function targets(family: FaultRow['family'], place: FaultRow['place']): readonly string[] {
  return faultRows.filter((row) => row.family === family && row.place === place).map(({ target }) => target);
}

/** A process that others look after: there is no starting it again from here. */
function ofOthers(name: string, pid: number): SystemProcess {
  return {
    name,
    pid: () => pid,
    state: () => 'ready',
    whenReady: async () => undefined,
    restart: () => Promise.reject(new Error(`${name} is not ours`)),
  };
}

/** A store in name only: nothing is ever asked of it but to die. */
function doomedStore(name: string): SystemStore {
  return {
    name,
    technology: 'mariadb',
    process: name,
    address: { host: '127.0.0.1', port: 9 },
    administrator: { user: '', password: '' },
    database: '',
  };
}
