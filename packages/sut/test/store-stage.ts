import { randomBytes } from 'node:crypto';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acceptsConnections, createSupervisor, leasePort, type PortLease, pidsOfRun } from '@stormcart/core';
import type { StoreContext } from '../src/store/store-context.ts';

/** A run of its own for one test: supervisor, folders, ports. */
export interface StoreStage {
  readonly context: StoreContext;
  port(): Promise<number>;
  /** Ends everything and says what is left of it: nothing, if all is well. */
  close(): Promise<readonly string[]>;
}

export async function openStoreStage(cacheFolder?: string): Promise<StoreStage> {
  const runId = `test-${randomBytes(6).toString('hex')}`;
  const folder = await mkdtemp(join(tmpdir(), 'stormcart-store-'));
  const supervisor = createSupervisor(runId);
  const leases: PortLease[] = [];
  return {
    context: {
      supervisor,
      dataFolder: join(folder, 'data'),
      logFolder: join(folder, 'logs'),
      cacheFolder: cacheFolder ?? join(folder, 'cache'),
      signal: new AbortController().signal,
    },
    port: async () => {
      const lease = await leasePort();
      leases.push(lease);
      return lease.port;
    },
    close: async () => {
      await supervisor.close();
      await rm(folder, { recursive: true, force: true });
      const left: string[] = [];
      for (const { port } of leases) {
        if (await acceptsConnections('127.0.0.1', port)) left.push(`port ${port}`);
      }
      for (const lease of leases) await lease.close();
      for (const pid of await pidsOfRun(runId)) left.push(`process ${pid}`);
      if (
        await access(folder).then(
          () => true,
          () => false,
        )
      )
        left.push(folder);
      return left;
    },
  };
}
