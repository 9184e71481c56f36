import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createSupervisor,
  isAlive,
  pidsOfRun,
  pollUntil,
  type SupervisedChild,
  type Supervisor,
  systemClock,
} from '@stormcart/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processState } from '../src/fault/process/process-stat.ts';
import {
  createFault,
  createFaultSession,
  type FaultProxy,
  type FaultSpec,
  type FaultTargets,
  startFaultProxy,
} from '../src/index.ts';
import { echo, fateOf, listen, openClient, roundTripMs } from './socket-rig.ts';

const LINKS = ['catalog->redis', 'account->redis'] as const;
/** Nothing but the test that takes it down uses it. */
const CUT_LINK = 'worker->redis';

let folder: string;
let supervisor: Supervisor;
let faultProxy: FaultProxy;
let server: Server;
let proxyPid: number | undefined;
let targets: FaultTargets;
let child: SupervisedChild;
const addresses = new Map<string, { host: string; port: number }>();
const sockets: Socket[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stormcart-fault-'));
  supervisor = createSupervisor(`test-${folder.slice(-6)}`);
  supervisor.onEvent((event) => {
    if (event.name === 'fault-proxy' && event.state === 'ready') proxyPid = event.pid;
  });
  faultProxy = await startFaultProxy({ supervisor, logFolder: folder, signal: AbortSignal.timeout(60_000) });
  server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket.on('error', () => undefined));
    echo(socket);
  });
  const upstream = await listen(server);
  for (const name of [...LINKS, CUT_LINK]) {
    addresses.set(name, await faultProxy.createProxy({ name, upstream }));
  }
  child = await startChild('orders/1');
  targets = {
    proxies: new Map([...addresses.keys()].map((name) => [name, name])),
    faultProxy,
    processes: new Map([['orders/1', child]]),
    stores: new Map(),
  };
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await supervisor.close();
  await faultProxy.close();
  server.close();
  rmSync(folder, { recursive: true });
});

/** A shell with a helper in its group, restarted when it dies. */
function startChild(name: string): Promise<SupervisedChild> {
  const marker = join(folder, `${name.replace('/', '-')}.ready`);
  return supervisor.start({
    name,
    command: '/bin/sh',
    args: ['-c', `rm -f ${marker}; sleep 300 & touch ${marker}; wait`],
    env: { PATH: process.env['PATH'] ?? '' },
    workFolder: folder,
    logFile: join(folder, `${name.replace('/', '-')}.log`),
    ready: (signal) => pollUntil(async () => existsSync(marker), { everyMs: 20, signal }),
    readyTimeoutMs: 20_000,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 2_000,
    restart: { kind: 'always', delayMs: 20 },
  });
}

async function client(name: string): Promise<Socket> {
  const address = addresses.get(name);
  if (address === undefined) throw new Error(`no link ${name}`);
  const socket = await openClient(address);
  sockets.push(socket);
  return socket;
}

function pidOf(process: SupervisedChild): number {
  const pid = process.pid();
  if (pid === undefined) throw new Error('it is down');
  return pid;
}

function link(overrides: Partial<FaultSpec> = {}): FaultSpec {
  return { id: 'hole', family: 'link', kind: 'timeout', targets: LINKS, attributes: {}, ...overrides };
}

function onProcess(action: string, id = action): FaultSpec {
  return { id, family: 'process', kind: action, targets: ['orders/1'], attributes: {} };
}

describe('a link fault', () => {
  it('breaks every link it names, for its time, and counts the connections', async () => {
    const session = createFaultSession({ clock: systemClock });
    const open = await Promise.all(LINKS.map(client));
    for (const socket of open) await roundTripMs(socket);
    const over = session.inject(createFault(link(), targets), 600);
    await expect.poll(() => session.events.length).toBe(1);
    for (const socket of open) socket.write('x');
    const fates = open.map((socket) => fateOf(socket));
    const record = await over;
    // Two connections, each broken in both directions.
    expect(record).toMatchObject({ id: 'hole', plannedForMs: 600, hits: 2, isVerified: true });
    expect(record.problem).toBeUndefined();
    expect((record.revertedMs ?? 0) - (record.appliedMs ?? 0)).toBeGreaterThan(598);
    expect(await Promise.all(fates)).toEqual(['end', 'end']);
    await roundTripMs(await client('catalog->redis'));
  });

  it('has no hits where nobody was connected', async () => {
    const record = await createFaultSession({ clock: systemClock }).inject(
      createFault(link({ id: 'unfelt', targets: ['account->redis'] }), targets),
      20,
    );
    expect(record).toMatchObject({ hits: 0, isVerified: true });
  });

  it('leaves another fault on the same link alone', async () => {
    const session = createFaultSession({ clock: systemClock });
    const slow = { kind: 'latency', attributes: { latency: 80, direction: 'upstream' } } as const;
    const over = session.inject(createFault(link({ id: 'slow', ...slow }), targets), 60_000);
    await session.inject(createFault(link({ id: 'slow too', ...slow }), targets), 10);
    expect(await roundTripMs(await client('catalog->redis'))).toBeGreaterThan(78);
    expect(await session.rollback()).toEqual([]);
    expect(await over).toMatchObject({ isVerified: true });
  });

  it('gives bandwidth in bytes a second', async () => {
    const fault = createFault(link({ id: 'thin', kind: 'bandwidth', attributes: { rate: 2_000 } }), targets);
    await fault.apply({
      forMs: 60_000,
      signal: AbortSignal.timeout(5_000),
      journal: () => Promise.resolve(),
    });
    const [toxic] = await faultProxy.toxics('catalog->redis');
    expect(toxic).toMatchObject({ attributes: { rate: 2 }, ttl: 60_000 });
    await fault.revert(AbortSignal.timeout(5_000));
    expect(await fault.verifyGone(AbortSignal.timeout(5_000))).toBe(true);
  });

  it('takes a link down and brings it back', async () => {
    const session = createFaultSession({ clock: systemClock });
    const socket = await client(CUT_LINK);
    await roundTripMs(socket);
    const fate = fateOf(socket);
    const record = await session.inject(
      createFault(link({ id: 'cut', kind: 'down', targets: [CUT_LINK] }), targets),
      100,
    );
    expect(await fate).toBe('end');
    expect(record).toMatchObject({ hits: 1, isVerified: true });
    await roundTripMs(await client(CUT_LINK));
  });
});

describe('kill', () => {
  it('ends the process with its group; its end is the next life being ready', async () => {
    const old = pidOf(child);
    const record = await createFaultSession({ clock: systemClock }).inject(
      createFault(onProcess('kill'), targets),
      10,
    );
    expect(record).toMatchObject({ hits: 1, isVerified: true });
    expect(record.problem).toBeUndefined();
    expect(await isAlive(old)).toBe(false);
    expect(child.state()).toBe('ready');
    expect(pidOf(child)).not.toBe(old);
    // The proxy, the shell and its sleep: the old sleep went with its shell.
    await expect.poll(async () => (await pidsOfRun(supervisor.runId)).length).toBe(3);
  });

  it('does not count, and says why, when there is nothing to kill', async () => {
    const stopped = await startChild('orders/2');
    await stopped.stop();
    const fault = createFault(
      { ...onProcess('kill'), targets: ['orders/2'] },
      { ...targets, processes: new Map([['orders/2', stopped]]) },
    );
    const session = createFaultSession({ clock: systemClock, limits: { verifyMs: 200 } });
    const record = await session.inject(fault, 10);
    expect(record).toMatchObject({ hits: 0, isVerified: false });
    expect(record.problem).toContain('cannot kill orders/2: it is not running');
  });
});

describe('pause', () => {
  it('stops the process and its group and lets them go on', async () => {
    const session = createFaultSession({ clock: systemClock });
    const group = (await pidsOfRun(supervisor.runId)).filter((pid) => pid !== proxyPid);
    expect(group).toContain(pidOf(child));
    expect(group).toHaveLength(2);
    const over = session.inject(createFault(onProcess('pause'), targets), 300);
    await expect.poll(() => session.events.length).toBe(1);
    expect(await Promise.all(group.map(processState))).toEqual(['T', 'T']);
    expect(await over).toMatchObject({ hits: 1, isVerified: true });
    expect(await Promise.all(group.map(processState))).not.toContain('T');
    expect(group).toContain(pidOf(child));
  });

  it('lasts until the last of two pauses of one process has ended', async () => {
    const session = createFaultSession({ clock: systemClock });
    const long = session.inject(createFault(onProcess('pause', 'long'), targets), 60_000);
    const short = await session.inject(createFault(onProcess('pause', 'short'), targets), 20);
    expect(short).toMatchObject({ hits: 1, isVerified: true });
    expect(await processState(pidOf(child))).toBe('T');
    expect(await session.rollback()).toEqual([]);
    expect(await processState(pidOf(child))).not.toBe('T');
    expect(await long).toMatchObject({ hits: 1, isVerified: true });
  });

  it('does not keep a process from being killed meanwhile', async () => {
    const session = createFaultSession({ clock: systemClock });
    const old = pidOf(child);
    const paused = session.inject(createFault(onProcess('pause'), targets), 400);
    await expect.poll(() => session.events.length).toBe(1);
    const killed = await session.inject(createFault(onProcess('kill'), targets), 50);
    for (const record of [killed, await paused]) {
      expect(record).toMatchObject({ hits: 1, isVerified: true });
      expect(record.problem).toBeUndefined();
    }
    expect(pidOf(child)).not.toBe(old);
    expect(child.state()).toBe('ready');
  });
});

describe('a pause and a kill in the same moment', () => {
  it('leave a ready process, whichever came first', async () => {
    const session = createFaultSession({ clock: systemClock, limits: { applyMs: 60_000 } });
    const records = await Promise.all([
      session.inject(createFault(onProcess('pause'), targets), 100),
      session.inject(createFault(onProcess('kill'), targets), 100),
    ]);
    expect(records).toMatchObject([{ isVerified: true }, { isVerified: true, hits: 1 }]);
    expect(child.state()).toBe('ready');
  });
});

describe('restart', () => {
  it('ends the process politely; its end is the next life being ready', async () => {
    const old = pidOf(child);
    const record = await createFaultSession({ clock: systemClock }).inject(
      createFault(onProcess('restart'), targets),
      10,
    );
    expect(record).toMatchObject({ hits: 1, isVerified: true });
    expect(pidOf(child)).not.toBe(old);
    expect(await isAlive(old)).toBe(false);
  });
});

describe('what cannot be meant', () => {
  it.each([
    [link({ targets: ['catalog->rediss'] }), 'UNKNOWN_LINK', 'catalog->redis, account->redis, worker->redis'],
    [link({ targets: [] }), 'BAD_FAULT', 'at least one'],
    [link({ kind: 'latency' }), 'BAD_FAULT', '250ms'],
    [link({ kind: 'latency', attributes: { latency: -1 } }), 'BAD_FAULT', '24h'],
    [link({ kind: 'latency', attributes: { latency: '1' } }), 'BAD_FAULT', '24h'],
    [link({ kind: 'latency', attributes: { latency: 1, delay: 1 } }), 'BAD_FAULT', 'latency, jitter'],
    [link({ attributes: { share: 0 } }), 'BAD_FAULT', '0.01% to 100%'],
    [link({ attributes: { direction: 'up' } }), 'BAD_FAULT', 'downstream, upstream, both'],
    [link({ kind: 'down', attributes: { share: 0.5 } }), 'BAD_FAULT', 'none'],
    [link({ kind: 'nonsense' }), 'UNKNOWN_FAULT_KIND', 'latency, bandwidth'],
    [link({ family: 'planet' }), 'UNKNOWN_FAULT_KIND', 'link, process'],
    [{ ...onProcess('kill'), targets: ['order/1'] }, 'UNKNOWN_PROCESS', 'orders/1'],
    [onProcess('constructor'), 'UNKNOWN_FAULT_KIND', 'kill, terminate, pause, restart'],
  ])('is refused with what would be accepted: %#', (spec, code, accepted) => {
    let refused: unknown;
    try {
      createFault(spec, targets);
    } catch (error) {
      refused = error;
    }
    expect(refused).toMatchObject({ kind: 'usage', code, hint: expect.stringContaining(accepted) });
  });
});
