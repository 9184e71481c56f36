import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createSupervisor,
  leasePort,
  type PortLease,
  pidsOfRun,
  pollUntil,
  type RedisStore,
  type SupervisedChild,
  type Supervisor,
  type SystemProcess,
  type SystemStore,
  systemClock,
} from '@stormcart/core';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  createFault,
  createFaultSession,
  type Fault,
  type FaultRecord,
  type FaultTargets,
} from '../src/index.ts';
import { nodeStatus, refusalOf, startGalera } from './galera-rig.ts';

let folder: string;
let supervisor: Supervisor;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormcart-cluster-'));
  supervisor = createSupervisor(`test-${folder.slice(-6)}`);
});

afterEach(async () => {
  await supervisor.close();
  await rm(folder, { recursive: true });
  expect(await pidsOfRun(supervisor.runId)).toEqual([]);
});

function targetsOf(stores: readonly SystemStore[], processes: readonly SystemProcess[]): FaultTargets {
  return {
    proxies: new Map(),
    faultProxy: undefined,
    processes: new Map(processes.map((process) => [process.name, process])),
    stores: new Map(stores.map((store) => [store.name, store])),
  };
}

async function during(fault: Fault, attempt: () => Promise<void>): Promise<FaultRecord> {
  const session = createFaultSession({ clock: systemClock });
  const over = session.inject(fault, 120_000);
  await expect.poll(() => session.events.length, { timeout: 15_000 }).toBeGreaterThan(0);
  expect(session.events.map(({ kind, problem }) => problem ?? kind)).toEqual(['applied']);
  try {
    await attempt();
  } finally {
    await session.rollback();
  }
  return over;
}

it('cuts a Galera node off from the others, and lets it join again', async () => {
  const cluster = await startGalera(supervisor, folder);
  const { nodes } = cluster;
  try {
    const targets = targetsOf(
      nodes.map(({ store }) => store),
      nodes.map(({ process }) => process),
    );
    const [first, second] = nodes.map(({ store }) => store.address.port);
    if (first === undefined || second === undefined) throw new Error('the cluster has too few nodes');
    expect(await nodeStatus(first, 'wsrep_cluster_size')).toBe('3');
    const fault = createFault(
      { id: 'cut', family: 'store', kind: 'isolate_node', targets: ['db2'], attributes: {} },
      targets,
    );
    const record = await during(fault, async () => {
      expect(await refusalOf(second)).toBe(1047);
      // The others find out, and go on as two.
      await pollUntil(async () => (await nodeStatus(first, 'wsrep_cluster_size')) === '2', {
        everyMs: 100,
        signal: AbortSignal.timeout(30_000),
      });
      await pollUntil(async () => (await refusalOf(first)) === undefined, {
        everyMs: 100,
        signal: AbortSignal.timeout(30_000),
      });
      expect(await refusalOf(second)).toBe(1047);
    });
    expect(record).toMatchObject({ hits: 1, isVerified: true });
    expect(record.problem).toBeUndefined();
    expect(await refusalOf(second)).toBeUndefined();
    expect(await nodeStatus(first, 'wsrep_cluster_size')).toBe('3');
  } finally {
    await cluster.close();
  }
});

interface RedisNode {
  readonly store: RedisStore;
  readonly process: SupervisedChild;
  readonly lease: PortLease;
  ask(...command: [string, ...string[]]): Promise<unknown>;
}

async function startRedis(name: string, primaryPort?: number): Promise<RedisNode> {
  const lease = await leasePort();
  const address = { host: '127.0.0.1', port: lease.port };
  const ask = async (...[command, ...rest]: [string, ...string[]]): Promise<unknown> => {
    const redis = new Redis({ ...address, maxRetriesPerRequest: 0, retryStrategy: () => null });
    redis.on('error', () => undefined);
    try {
      return await redis.call(command, ...rest);
    } finally {
      redis.disconnect();
    }
  };
  const settings = {
    bind: address.host,
    port: String(address.port),
    dir: folder,
    save: '',
    'repl-diskless-sync-delay': '0',
  };
  const process = await supervisor.start({
    name,
    command: 'redis-server',
    args: [
      ...Object.entries(settings).flatMap(([setting, value]) => [`--${setting}`, value]),
      ...(primaryPort === undefined ? [] : ['--replicaof', address.host, String(primaryPort)]),
    ],
    env: { PATH: '/usr/bin:/bin' },
    workFolder: folder,
    logFile: join(folder, `${name}.log`),
    ready: (signal) => pollUntil(async () => (await ask('PING')) === 'PONG', { everyMs: 20, signal }),
    readyTimeoutMs: 20_000,
    restart: { kind: 'always', delayMs: 200 },
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 5_000,
  });
  const store: RedisStore = { name, technology: 'redis', cluster: 'redis', address, process: name };
  return { store, process, lease, ask };
}

async function hasReplica(node: RedisNode): Promise<boolean> {
  const [role] = (await node.ask('ROLE')) as readonly string[];
  return role === 'master' && String(await node.ask('INFO', 'replication')).includes('state=online');
}

it('kills whichever Redis is the primary when the time has come', async () => {
  const one = await startRedis('redis-1');
  const two = await startRedis('redis-2', one.store.address.port);
  const signal = AbortSignal.timeout(30_000);
  try {
    await pollUntil(() => hasReplica(one), { everyMs: 20, signal });
    const targets = targetsOf([one.store, two.store], [one.process, two.process]);
    const spec = { family: 'store', kind: 'kill_primary', targets: ['redis-1'], attributes: {} };
    const [early, late] = ['early', 'late'].map((id) => createFault({ id, ...spec }, targets));
    if (early === undefined || late === undefined) throw new Error('no faults');
    const [pidOne, pidTwo] = [one.process.pid(), two.process.pid()];
    expect(await during(early, async () => undefined)).toMatchObject({ hits: 1, isVerified: true });
    expect(one.process.pid()).not.toBe(pidOne);
    expect(two.process.pid()).toBe(pidTwo);
    // Somebody hands over to the other one.
    await two.ask('REPLICAOF', 'NO', 'ONE');
    await one.ask('REPLICAOF', '127.0.0.1', String(two.store.address.port));
    await pollUntil(() => hasReplica(two), { everyMs: 20, signal });
    const pidLater = one.process.pid();
    expect(await during(late, async () => undefined)).toMatchObject({ hits: 1, isVerified: true });
    expect(two.process.pid()).not.toBe(pidTwo);
    expect(one.process.pid()).toBe(pidLater);
  } finally {
    await one.lease.close();
    await two.lease.close();
  }
});
