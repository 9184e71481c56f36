import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf, pidsOfRun, type SystemStore, systemClock } from '@stormcart/core';
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
  /** By name. */
  readonly processes: Readonly<Record<string, OutsideProcess>>;
  readonly stores: readonly SystemStore[];
}

export interface OutsideProcess {
  readonly pid: number;
  readonly dataFolder?: string;
}

/** Boots a shop that no drill has booted: to the drills that break it, it is somebody else's. */
export async function openOutsideWorld(): Promise<OutsideWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'stormcart-outside-'));
  // Store templates are made once per checkout.
  const workspace = {
    ...openWorkspace(join(folder, '.stormcart')),
    cacheFolder: join(repository, '.stormcart', 'cache'),
  };
  const folders = await openRun(workspace, 'outside', new Date());
  const { runId } = folders;
  const stage = await raiseStage({
    system: shop,
    config: { topology: 'single', services: {}, policies: {} },
    seed: 1,
    workspace,
    folders,
    faultyLinks: new Set(),
    signal: new AbortController().signal,
    progress: () => undefined,
  });
  const address = addressOf(stage);
  const processes = await Promise.all(
    Object.entries(address.processes).map(([name, { pid }]) => watchProcess(name, pid)),
  );
  const stores = await Promise.all(address.stores.map(watchStore));
  return {
    address,
    broken: async () => {
      const found = [
        await burdensIn(runId),
        ...(await Promise.all(processes.map((each) => each.look()))),
      ].flat();
      // The stores are asked last: each answer takes a program of its own.
      if (found.length > 0) return found;
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
        if (pid === undefined) return [];
        const { dataFolder } = process;
        return [[process.name, dataFolder === undefined ? { pid } : { pid, dataFolder }]];
      }),
    ),
  };
}

/**
 * None may be stopped, none may have died (what drills kill is their own), and each has the limits and listens where it
 * did before: what drills plant in a process listens, and so does an inspector that was left open.
 */
async function watchProcess(name: string, pid: number): Promise<{ look(): Promise<readonly string[]> }> {
  const read = (file: string): Promise<string | undefined> =>
    readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => undefined);
  const limitsBefore = await read('limits');
  const listensBefore = await listensOf(pid);
  return {
    look: async () => {
      const stat = await read('stat');
      if (stat === undefined) return [`${name} is gone`];
      const fresh = (await listensOf(pid)).filter((socket) => !listensBefore.includes(socket));
      return [
        ...(stat.charAt(stat.lastIndexOf(')') + 2) === 'T' ? [`${name} is stopped`] : []),
        ...((await read('limits')) === limitsBefore ? [] : [`${name} has other limits`]),
        ...fresh.map((socket) => `${name} listens on ${socket}`),
      ];
    },
  };
}

/** Where a process listens: `0100007F:1F90`, `@name`. */
async function listensOf(pid: number): Promise<readonly string[]> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const targets = await Promise.all(
    descriptors.map((each) => readlink(`/proc/${pid}/fd/${each}`).catch(() => '')),
  );
  const inodes = new Set(targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []));
  const rowsOf = async (file: string): Promise<readonly (readonly string[])[]> => {
    const table = await readFile(`/proc/${pid}/net/${file}`, 'utf8').catch(() => '');
    return table.split('\n').map((line) => line.trim().split(/\s+/));
  };
  const tcp = (await rowsOf('tcp')).filter((row) => row[3] === '0A' && inodes.has(row[9] ?? ''));
  // The flag __SO_ACCEPTCON of include/uapi/linux/net.h: it listens.
  const unix = (await rowsOf('unix')).filter((row) => row[3] === '00010000' && inodes.has(row[6] ?? ''));
  return [...tcp.map((row) => row[1] ?? ''), ...unix.map((row) => row[7] ?? '')];
}

/** Processes that weigh on something of this world: they are in its run. */
async function burdensIn(runId: string): Promise<readonly string[]> {
  const commands = await Promise.all(
    (await pidsOfRun(runId)).map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return commands
    .filter((command) => command.includes('burden/main.ts'))
    .map((command) => command.split('\0').slice(2).join(' ').trim());
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
