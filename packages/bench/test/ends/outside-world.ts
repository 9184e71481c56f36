import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf, type SystemStore, systemClock } from '@stormcart/core';
import { shop } from '@stormcart/sut';
import { raiseStage, type Stage } from '../../src/stage/stage.ts';
import { openRun, openWorkspace } from '../../src/workspace/workspace.ts';
import { repository } from '../fixture/cli.ts';
import { differences, type StoreState, stateOf } from './look-at-store.ts';

/** What outlives a drill. */
export interface OutsideWorld {
  /** For the drill, as JSON. */
  readonly address: OutsideAddress;
  /** What is broken out there, as seen from here; empty when nothing is. */
  broken(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface OutsideAddress {
  readonly entryUrl: string;
  /** PEM. */
  readonly certificate: string;
  /** Pids by name. */
  readonly processes: Readonly<Record<string, number>>;
  readonly stores: readonly SystemStore[];
}

/** Boots a shop that no drill has booted: to the drills that break it, it is somebody else's. */
export async function openOutsideWorld(): Promise<OutsideWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'stormcart-outside-'));
  // Store templates are made once per checkout.
  const workspace = {
    ...openWorkspace(join(folder, '.stormcart')),
    cacheFolder: join(repository, '.stormcart', 'cache'),
  };
  const stage = await raiseStage({
    system: shop,
    config: { topology: 'single', services: {}, policies: {} },
    seed: 1,
    workspace,
    folders: await openRun(workspace, 'outside', new Date()),
    faultyLinks: new Set(),
    signal: new AbortController().signal,
    progress: () => undefined,
  });
  const address = addressOf(stage);
  const stores = await Promise.all(address.stores.map(watchStore));
  return {
    address,
    broken: async () => {
      const looks = Object.entries(address.processes).map(([name, pid]) => lookAtProcess(name, pid));
      const processes = (await Promise.all(looks)).flat();
      // The stores are asked last: each answer takes a program of its own.
      if (processes.length > 0) return processes;
      return (await Promise.all(stores.map((each) => each.look()))).flat();
    },
    close: async () => {
      await stage.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function addressOf({ system }: Stage): OutsideAddress {
  const { entryUrl, certificateAuthority, processes, stores } = system;
  return {
    entryUrl,
    certificate: certificateAuthority?.certificate ?? '',
    stores,
    processes: Object.fromEntries(
      processes.flatMap((process) => {
        const pid = process.pid();
        return pid === undefined ? [] : [[process.name, pid]];
      }),
    ),
  };
}

/** None may be stopped, and none may have died: what drills kill is their own. */
async function lookAtProcess(name: string, pid: number): Promise<readonly string[]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return [`${name} is gone`];
  return stat.charAt(stat.lastIndexOf(')') + 2) === 'T' ? [`${name} is stopped`] : [];
}

/** Between two looks at a store that nothing happens to; what differs then differs by itself. */
const IDLE_MS = 1_000;

async function watchStore(store: SystemStore): Promise<{ look(): Promise<readonly string[]> }> {
  const first = await stateOf(store);
  await systemClock.sleep(IDLE_MS);
  const second = await stateOf(store);
  const usual: StoreState = new Map([...first].filter(([name, value]) => second.get(name) === value));
  return {
    look: async () => {
      try {
        return differences(usual, await stateOf(store)).map((difference) => `${store.name}: ${difference}`);
      } catch (error) {
        return [`${store.name} does not answer: ${messageOf(error)}`];
      }
    },
  };
}
