import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Address, systemClock } from '@stormcart/core';
import { afterAll, beforeAll, beforeEach, expect, it, type TestContext } from 'vitest';
import { type CallAnswer, ControlClient } from '../src/proxy/control-client.ts';
import type { CrowdOrder, CrowdState } from './crowd-main.ts';
import { eventually } from './socket-rig.ts';

/**
 * How fast the control API answers while its process is full of connections that are stuck. Every call is made of a
 * second proxy too, which has none: the two differ by what the connections do, whatever the machine does.
 */

const CONNECTIONS = 1_000;
/** Clients that never read what is sent to them without end: each takes megabytes of the kernel's memory. */
const FLOODED = 50;
/**
 * A call is four or five passes of the event loop, each of which may now have a short turn of work in it. Without turns
 * the whole work on a thousand connections would be in one, some fifty times the call.
 */
const SLOWER_MAX = 10;
/** Below this, what a call takes is the machine's scheduling. */
const IDLE_MS_MIN = 2;
/** What is wanted of a quiet machine; told, not asserted. */
const WANTED_MS = 100;

interface ProxyProcess {
  readonly child: ChildProcess;
  readonly control: ControlClient;
  readonly address: Address;
}

let busy: ProxyProcess;
let idle: ProxyProcess;
let crowd: ChildProcess;
let upstream: string;

beforeAll(async () => {
  busy = await startProxy();
  idle = await startProxy();
  crowd = fork(fileURLToPath(new URL('./crowd-main.ts', import.meta.url)));
  const [address] = (await once(crowd, 'message')) as [{ readonly port: number }];
  upstream = `127.0.0.1:${address.port}`;
});
afterAll(async () => {
  crowd.kill('SIGCONT');
  crowd.disconnect();
  busy.child.kill('SIGTERM');
  idle.child.kill('SIGTERM');
  await Promise.all([crowd, busy.child, idle.child].map((child) => once(child, 'exit')));
});
beforeEach(async () => {
  await tell({ kind: 'leave' });
  for (const { control } of [busy, idle]) await control.call('DELETE', ['proxies', 'p']);
});

async function startProxy(): Promise<ProxyProcess> {
  const main = fileURLToPath(new URL('../src/proxy/main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, '--listen', '127.0.0.1:0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { host, port } = JSON.parse(line) as Address;
  return { child, control: new ControlClient({ host, port }), address: { host, port } };
}

async function tell(order: CrowdOrder): Promise<CrowdState> {
  const done = once(crowd, 'message') as Promise<[CrowdState]>;
  crowd.send(order);
  return (await done)[0];
}

/** A proxy with a thousand connections through it, and this toxic if any; beside it one without connections. */
async function fill(toxic?: object): Promise<void> {
  const toxics = toxic === undefined ? [] : [{ name: 't', ...toxic }];
  const body = { name: 'p', listen: '127.0.0.1:0', upstream, toxics };
  await idle.control.demand('POST', ['proxies'], { body });
  const { listen } = await busy.control.demand<{ readonly listen: string }>('POST', ['proxies'], { body });
  await tell({ kind: 'open', port: Number(listen.split(':')[1]), count: CONNECTIONS });
  await eventually(connections).toBe(CONNECTIONS);
}

async function connections(): Promise<number> {
  return (await busy.control.demand<{ readonly connections: number }>('GET', ['proxies', 'p'])).connections;
}

/** Nothing in the crowd runs, reads, answers or closes any more, as on a machine that has gone. */
function freeze(): Disposable {
  crowd.kill('SIGSTOP');
  return { [Symbol.dispose]: () => void crowd.kill('SIGCONT') };
}

interface Pair {
  readonly busyMs: number;
  readonly idleMs: number;
}

async function timed(call: (control: ControlClient) => Promise<CallAnswer>, status: number): Promise<Pair> {
  const one = async ({ control }: ProxyProcess): Promise<number> => {
    const startMs = systemClock.now();
    const answer = await call(control);
    expect(answer.status).toBe(status);
    return systemClock.now() - startMs;
  };
  return { idleMs: await one(idle), busyMs: await one(busy) };
}

const toxicPath = ['proxies', 'p', 'toxics', 't'];
const deleteToxic = (): Promise<Pair> => timed((control) => control.call('DELETE', toxicPath), 204);
const reset = (): Promise<Pair> => timed((control) => control.call('POST', ['reset']), 204);
const enable = (enabled: boolean): Promise<Pair> =>
  timed((control) => control.call('POST', ['proxies', 'p'], { body: { enabled } }), 200);
const deleteProxy = (): Promise<Pair> => timed((control) => control.call('DELETE', ['proxies', 'p']), 204);
const addToxic = (toxic: object): Promise<Pair> =>
  timed(
    (control) => control.call('POST', ['proxies', 'p', 'toxics'], { body: { name: 't', ...toxic } }),
    200,
  );

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function judge({ annotate }: TestContext, pairs: readonly Pair[]): Promise<void> {
  const busyMs = pairs.map((pair) => pair.busyMs);
  const idleMs = Math.max(IDLE_MS_MIN, median(pairs.map((pair) => pair.idleMs)));
  await annotate(
    `${pairs.length} calls: median ${median(busyMs).toFixed(1)} ms, worst ${Math.max(...busyMs).toFixed(1)} ms ` +
      `(at most ${WANTED_MS} ms wanted); without connections ${idleMs.toFixed(1)} ms`,
  );
  expect(median(busyMs)).toBeLessThan(SLOWER_MAX * idleMs);
}

it('stays fast with a thousand connections that a timeout has silenced', async (context) => {
  await fill({ type: 'timeout', stream: 'upstream' });
  await tell({ kind: 'send', text: 'lost', count: CONNECTIONS });
  using _ = freeze();
  await judge(context, [
    await deleteToxic(),
    await reset(),
    await enable(false),
    await enable(true),
    await reset(),
  ]);
  await eventually(connections).toBe(0);
});

it('stays fast with a thousand connections full of held data, whose peers are dead', async (context) => {
  await fill();
  const pairs: Pair[] = [];
  for (const type of ['latency', 'bandwidth', 'slicer', 'slow_close', 'limit_data', 'corrupt']) {
    const attributes = {
      latency: 86_400_000,
      rate: 0,
      average_size: 1,
      delay: type === 'slicer' ? 86_400_000_000 : 86_400_000,
      bytes: 1_125_899_906_842_624,
    };
    pairs.push(await addToxic({ type, stream: 'upstream', attributes }));
    await tell({ kind: 'send', text: 'held'.repeat(64), count: CONNECTIONS });
    using _ = freeze();
    pairs.push(await deleteToxic(), await reset());
  }
  using _ = freeze();
  pairs.push(await deleteProxy());
  await judge(context, pairs);
});

it('stays fast with clients that never read what never ends', async (context) => {
  await fill();
  await tell({ kind: 'send', text: 'flood', count: FLOODED });
  await eventually(async () => (await tell({ kind: 'count' })).blocked).toBe(FLOODED);
  const pairs = [await addToxic({ type: 'latency', attributes: { latency: 1_000 } })];
  using _ = freeze();
  pairs.push(await deleteToxic(), await reset(), await enable(false), await reset(), await deleteProxy());
  await judge(context, pairs);
});

it('stays fast when it refuses what is out of range', async (context) => {
  await fill({ type: 'timeout' });
  using _ = freeze();
  const pairs: Pair[] = [];
  for (const value of [-1, -1e300, 1e300, '9'.repeat(100_000), [], {}]) {
    const body = { type: 'latency', attributes: { latency: value } };
    pairs.push(
      await timed((control) => control.call('POST', ['proxies', 'p', 'toxics'], { body }), 400),
      await timed((control) => control.call('PATCH', toxicPath, { body: { toxicity: value } }), 400),
    );
  }
  await judge(context, pairs);
});

it('stays fast beside control clients that never read their answers, or never finish asking', async (context) => {
  await fill({ type: 'timeout' });
  using _ = freeze();
  const stuck: Socket[] = [];
  for (let count = 0; count < 20; count += 1) {
    const socket = connect(busy.address.port, busy.address.host)
      .on('error', () => undefined)
      .pause();
    socket.write(
      count % 2 === 0
        ? 'GET /proxies/p/connections HTTP/1.1\r\nHost: x\r\n\r\n'
        : 'POST /proxies HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"name":',
    );
    stuck.push(socket);
  }
  // By then they have been answered as far as they can be.
  await eventually(() => stuck.every(({ bytesWritten }) => bytesWritten > 0)).toBe(true);
  await busy.control.call('GET', ['proxies', 'p', 'connections']);
  await judge(context, [
    await reset(),
    await enable(false),
    await enable(true),
    await reset(),
    await deleteProxy(),
  ]);
  for (const socket of stuck) socket.destroy();
});
