import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AccessLine, balancerEntry } from '@stormcart/balancer';
import { leasePort, pollUntil } from '@stormcart/core';
import { afterEach, expect, it } from 'vitest';
import { rawClient, startBackend, until } from './rig.ts';

const cleanUps: (() => Promise<unknown> | undefined)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

interface RunningProcess {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  readonly exited: Promise<number | null>;
}

async function run(config: unknown): Promise<RunningProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'stormcart-balancer-'));
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'balancer.json');
  await writeFile(file, typeof config === 'string' ? config : JSON.stringify(config));
  const child = spawn(process.execPath, [balancerEntry, file], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const exited = new Promise<number | null>((resolve) => {
    child.once('close', (code) => resolve(code));
  });
  cleanUps.push(() => {
    child.kill('SIGKILL');
    return exited;
  });
  return { child, stdout: () => stdout, stderr: () => stderr, exited };
}

async function isReady(port: number): Promise<boolean> {
  return (await fetch(`http://127.0.0.1:${port}/readyz`)).ok;
}

it.each(['SIGTERM', 'SIGINT'] as const)(
  'finishes what is in flight on %s and exits 0 with its log complete',
  async (signal) => {
    const gate = Promise.withResolvers<undefined>();
    let arrivedCount = 0;
    const backend = await startBackend((_, outgoing) => {
      arrivedCount += 1;
      void gate.promise.then(() => outgoing.end('finished'));
    });
    cleanUps.push(() => backend.close());
    const [front, admin] = [await leasePort(), await leasePort()];
    cleanUps.push(() => Promise.all([front.close(), admin.close()]));
    const balancer = await run({
      listen: { port: front.port },
      admin: { port: admin.port },
      pools: [{ name: 'shop', prefixes: ['/'], backends: [{ name: 'shop/1', port: backend.port }] }],
      health: { everyMs: 50 },
    });
    await pollUntil(() => isReady(admin.port), { everyMs: 20, signal: AbortSignal.timeout(30_000) });
    const metrics = await (await fetch(`http://127.0.0.1:${admin.port}/metrics`)).text();
    expect(metrics).toContain('stormcart_balancer_backend_in_rotation{pool="shop",backend="shop/1"} 1\n');
    const states: unknown = await (await fetch(`http://127.0.0.1:${admin.port}/backends`)).json();
    expect(states).toMatchObject([{ name: 'shop/1', state: 'up', inFlightCount: 0 }]);

    const [busy, idle] = [rawClient(front.port), rawClient(front.port)];
    busy.write('GET /slow HTTP/1.1\r\nHost: shop\r\n\r\n');
    await until(() => arrivedCount === 1);
    balancer.child.kill(signal);
    expect(await idle.ended).toBe('end');
    idle.socket.destroy();
    expect(busy.text()).toBe('');
    gate.resolve(undefined);
    expect(await busy.ended).toBe('end');
    busy.socket.destroy();
    expect(busy.text()).toMatch(/^HTTP\/1\.1 200 [^]*Connection: close\r\n[^]*finished$/);
    expect(await balancer.exited).toBe(0);
    const line = JSON.parse(balancer.stdout()) as AccessLine;
    expect(line).toMatchObject({ path: '/slow', backend: 'shop/1', status: 200, failure: null });
  },
);

it.each([
  ['no JSON', 'pools: []', 2, /cannot read/],
  ['a misspelt key', { listen: { port: 1 }, pool: [] }, 2, /pools: [^]*pool/],
] as const)('exits with a message on %s', async (_name, config, code, message) => {
  const balancer = await run(config);
  expect(await balancer.exited).toBe(code);
  expect(balancer.stderr()).toMatch(message);
  expect(balancer.stdout()).toBe('');
});

it('exits 4 when its port is taken', async () => {
  const other = await startBackend((_, outgoing) => outgoing.end());
  cleanUps.push(() => other.close());
  const pools = [{ name: 'shop', prefixes: ['/'], backends: [{ name: 'shop/1', port: 9 }] }];
  const balancer = await run({ listen: { port: other.port }, pools });
  expect(await balancer.exited).toBe(4);
  expect(balancer.stderr()).toContain(`cannot listen on 127.0.0.1:${other.port}`);
});
