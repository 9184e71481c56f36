import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shop } from '@stormcart/sut';
import { raiseStage, type Stage } from '../../src/stage/stage.ts';
import { openRun, openWorkspace } from '../../src/workspace/workspace.ts';
import { repository } from '../fixture/cli.ts';

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
  return {
    address,
    broken: async () => {
      const looks = Object.entries(address.processes).map(([name, pid]) => lookAtProcess(name, pid));
      return (await Promise.all(looks)).flat();
    },
    close: async () => {
      await stage.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function addressOf({ system }: Stage): OutsideAddress {
  const { entryUrl, certificateAuthority, processes } = system;
  return {
    entryUrl,
    certificate: certificateAuthority?.certificate ?? '',
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
