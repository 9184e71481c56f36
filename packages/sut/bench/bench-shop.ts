import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createSupervisor, type RunningSystem } from '@stormcart/core';
import { shop } from '@stormcart/sut';

/** A shop booted for a measurement. */
export interface BenchShop {
  readonly policies: 'on' | 'off';
  readonly system: RunningSystem;
  readonly entry: URL;
  close(): Promise<void>;
}

/** Everything that may be switched: breakers per dependency, deadlines, bulkheads and load shedding. */
const POLICIES = {
  on: { cache: 'opossum', payment: 'opossum', recommendation: 'opossum', overload: 'priority' },
  off: { cache: 'none', payment: 'none', recommendation: 'none', overload: 'none' },
} as const;

/** Where every Stormcart run in this folder keeps its database templates. */
const CACHE_FOLDER = resolve('.stormcart/cache');

export async function bootBenchShop(policies: 'on' | 'off', signal: AbortSignal): Promise<BenchShop> {
  const runId = `bench-${policies}-${randomBytes(4).toString('hex')}`;
  const folder = await mkdtemp(join(tmpdir(), 'stormcart-bench-'));
  const supervisor = createSupervisor(runId);
  supervisor.reaper.removeAfterDeath(folder);
  const cleanUp = async (): Promise<void> => {
    await supervisor.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const config = { topology: 'single', services: {}, policies: POLICIES[policies] };
    const system = await shop.boot(config, {
      supervisor,
      seed: 1,
      dataFolder: join(folder, 'data'),
      logFolder: join(folder, 'logs'),
      cacheFolder: CACHE_FOLDER,
      signal,
      interpose: (_link, upstream) => Promise.resolve(upstream),
      progress: () => undefined,
    });
    const close = async (): Promise<void> => {
      await system.close();
      await cleanUp();
    };
    return { policies, system, entry: new URL(system.entryUrl), close };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}
