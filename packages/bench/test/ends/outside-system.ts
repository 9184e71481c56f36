import type { FamilyName } from '@stormcart/chaos';
import { linkOf, type RunningSystem, type SystemProcess, type SystemUnderTest } from '@stormcart/core';
import { type FaultRow, faultRows } from './fault-rows.ts';
import type { OutsideAddress } from './outside-world.ts';

/** A system that is mostly there already: a drill boots little of it, breaks all of it, and leaves it as it was. */
export function outsideSystem({ port, processes }: OutsideAddress): SystemUnderTest {
  const links = (['link', 'http'] as const).flatMap((family) =>
    targets(family, 'inside').map((name) => {
      const [from = '', to = ''] = name.split('->');
      return linkOf(from, to, family === 'http' ? 'http' : 'tcp');
    }),
  );
  const journey = {
    name: 'visit',
    about: 'asks the victim how it is',
    routes: ['home'] as [string],
    run: async (visit: Parameters<RunningSystem['journeys'][number]['run']>[0]) => {
      await visit.request({ route: 'home', method: 'GET', path: '/', expect: (status) => status === 200 });
    },
  };
  return {
    name: 'outside world',
    options: { topologies: ['external'], services: {}, policies: {}, algorithms: [] },
    describe: () => ({
      links,
      processes: [...targets('process', 'inside'), ...targets('process', 'outside')],
      journeys: [journey],
      breakers: [],
      invariants: [],
    }),
    invariants: [],
    requirements: () => Promise.resolve([]),
    installHint: async () => '',
    boot: async (_, context) => {
      for (const link of links) await context.interpose(link, { host: '127.0.0.1', port });
      const own: SystemProcess[] = [];
      for (const name of targets('process', 'inside')) {
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
        entryUrl: `http://127.0.0.1:${port}`,
        addresses: {},
        processes: [...own, ...Object.entries(processes).map(([name, pid]) => ofOthers(name, pid))],
        journeys: [journey],
        observe: async () => ({ breakers: [] }),
        drain: async () => ({ isDrained: true, remaining: [] }),
        snapshot: async () => ({}),
        close: async () => undefined,
      };
    },
  };
}

function targets(family: FamilyName, place: FaultRow['place']): readonly string[] {
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
