import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Address } from '@stormcart/core';
import { systemClock } from '@stormcart/core';
import { afterAll, beforeAll, beforeEach, expect, it, type TestContext } from 'vitest';
import { type CallAnswer, ControlClient } from '../src/proxy/control-client.ts';
import type { CrowdOrder, CrowdState } from './crowd-main.ts';
import { eventually } from './socket-rig.ts';

/** How fast the control API answers while its process is full of connections that are stuck. */

const CONNECTIONS = 1_000;
/**
 * A call is four or five passes of the event loop, each of which may now have a short turn of work in it. Without turns
 * the whole work on a thousand connections would be in one, some fifty times the call.
 */
const SLOWER_MAX = 10;
/** Below this, what a call takes is the machine's scheduling. */
const UNLOADED_MS_MIN = 2;
/** What is wanted of an idle machine; told, not asserted. */
const WANTED_MS = 100;

let proxyProcess: ChildProcess;
let crowd: ChildProcess;
let control: ControlClient;
let controlAddress: Address;
let upstream: string;
let unloadedMs: number;

beforeAll(async () => {
  const main = fileURLToPath(new URL('../src/proxy/main.ts', import.meta.url));
  proxyProcess = spawn(process.execPath, [main, '--listen', '127.0.0.1:0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface(proxyProcess.stdout as NodeJS.ReadableStream);
  const [line] = (await once(lines, 'line')) as [string];
  const { host, port } = JSON.parse(line) as Address;
  controlAddress = { host, port };
  control = new ControlClient(controlAddress);
  crowd = fork(fileURLToPath(new URL('./crowd-main.ts', import.meta.url)));
  const [address] = (await once(crowd, 'message')) as [{ readonly port: number }];
  upstream = `127.0.0.1:${address.port}`;
  unloadedMs = await unloaded();
});
afterAll(async () => {
  crowd.kill('SIGCONT');
  crowd.disconnect();
  proxyProcess.kill('SIGTERM');
  await Promise.all([once(crowd, 'exit'), once(proxyProcess, 'exit')]);
});
beforeEach(async () => {
  await tell({ kind: 'leave' });
  await control.call('DELETE', ['proxies', 'p']);
});

async function tell(order: CrowdOrder): Promise<CrowdState> {
  const done = once(crowd, 'message') as Promise<[CrowdState]>;
  crowd.send(order);
  return (await done)[0];
}

/** A proxy with a thousand connections through it, and this toxic if any. */
async function fill(toxic?: object): Promise<void> {
  const toxics = toxic === undefined ? [] : [{ name: 't', ...toxic }];
  const body = { name: 'p', listen: '127.0.0.1:0', upstream, toxics };
  const { listen } = await control.demand<{ readonly listen: string }>('POST', ['proxies'], { body });
  await tell({ kind: 'open', port: Number(listen.split(':')[1]), count: CONNECTIONS });
  await eventually(connections).toBe(CONNECTIONS);
}

async function connections(): Promise<number> {
  return (await control.demand<{ readonly connections: number }>('GET', ['proxies', 'p'])).connections;
}

/** Nothing in the crowd runs, reads, answers or closes any more, as on a machine that has gone. */
async function freeze(): Promise<Disposable> {
  crowd.kill('SIGSTOP');
  return { [Symbol.dispose]: () => void crowd.kill('SIGCONT') };
}

async function timed(call: () => Promise<CallAnswer>, status: number): Promise<number> {
  const startMs = systemClock.now();
  const answer = await call();
  const tookMs = systemClock.now() - startMs;
  expect(answer.status).toBe(status);
  return tookMs;
}

const toxicPath = ['proxies', 'p', 'toxics', 't'];
const deleteToxic = (): Promise<number> => timed(() => control.call('DELETE', toxicPath), 204);
const reset = (): Promise<number> => timed(() => control.call('POST', ['reset']), 204);
const enable = (enabled: boolean): Promise<number> =>
  timed(() => control.call('POST', ['proxies', 'p'], { body: { enabled } }), 200);
const deleteProxy = (): Promise<number> => timed(() => control.call('DELETE', ['proxies', 'p']), 204);
const addToxic = (toxic: object): Promise<number> =>
  timed(() => control.call('POST', ['proxies', 'p', 'toxics'], { body: { name: 't', ...toxic } }), 200);

/** The same calls with nothing to do. */
async function unloaded(): Promise<number> {
  const body = { name: 'p', listen: '127.0.0.1:0', upstream };
  const took: number[] = [];
  for (let round = 0; round < 10; round += 1) {
    await control.call('POST', ['proxies'], { body });
    await addToxic({ type: 'timeout' });
    took.push(await deleteToxic(), await reset(), await enable(false), await deleteProxy());
  }
  return Math.max(UNLOADED_MS_MIN, median(took));
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function judge({ annotate }: TestContext, took: readonly number[]): Promise<void> {
  const worstMs = Math.max(...took);
  await annotate(
    `median ${median(took).toFixed(1)} ms, worst ${worstMs.toFixed(1)} ms of ${took.length} calls; ` +
      `unloaded ${unloadedMs.toFixed(1)} ms; wanted at most ${WANTED_MS} ms`,
  );
  expect(median(took)).toBeLessThan(SLOWER_MAX * unloadedMs);
}

it('stays fast with a thousand connections that a timeout has silenced', async (context) => {
  await fill({ type: 'timeout', stream: 'upstream' });
  await tell({ kind: 'send', text: 'lost' });
  using _ = await freeze();
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
  const took: number[] = [];
  for (const type of ['latency', 'bandwidth', 'slicer', 'slow_close', 'limit_data', 'corrupt']) {
    const attributes = {
      latency: 86_400_000,
      rate: 0,
      average_size: 1,
      delay: type === 'slicer' ? 86_400_000_000 : 86_400_000,
      bytes: 1_125_899_906_842_624,
    };
    took.push(await addToxic({ type, stream: 'upstream', attributes }));
    await tell({ kind: 'send', text: 'held'.repeat(64) });
    using _ = await freeze();
    took.push(await deleteToxic(), await reset());
  }
  using _ = await freeze();
  took.push(await deleteProxy());
  await judge(context, took);
});

it('stays fast with a thousand clients that never read', async (context) => {
  await fill();
  await tell({ kind: 'send', text: 'flood' });
  await eventually(async () => (await tell({ kind: 'count' })).blocked).toBe(CONNECTIONS);
  const took = [await addToxic({ type: 'latency', attributes: { latency: 1_000 } })];
  using _ = await freeze();
  took.push(await deleteToxic(), await reset(), await enable(false), await reset(), await deleteProxy());
  await judge(context, took);
});

it('stays fast when it refuses what is out of range', async (context) => {
  await fill({ type: 'timeout' });
  using _ = await freeze();
  const took: number[] = [];
  for (const latency of [-1, -1e300, 1e300, '9'.repeat(100_000), Number.NaN, [], {}]) {
    const body = { type: 'latency', attributes: { latency } };
    // NaN travels as null, which is the same as absent.
    if (Number.isNaN(latency)) continue;
    took.push(await timed(() => control.call('POST', ['proxies', 'p', 'toxics'], { body }), 400));
    took.push(await timed(() => control.call('PATCH', toxicPath, { body: { toxicity: latency } }), 400));
  }
  await judge(context, took);
});

it('stays fast beside control clients that never read their answers, or never finish asking', async (context) => {
  await fill({ type: 'timeout' });
  using _ = await freeze();
  const stuck: Socket[] = [];
  for (let count = 0; count < 20; count += 1) {
    const socket = connect(controlAddress.port, controlAddress.host)
      .on('error', () => undefined)
      .pause();
    socket.write(
      count % 2 === 0
        ? 'GET /proxies/p/connections HTTP/1.1\r\nHost: x\r\n\r\n'
        : 'POST /proxies HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"name":',
    );
    stuck.push(socket);
  }
  await systemClock.sleep(300);
  await judge(context, [
    await reset(),
    await enable(false),
    await enable(true),
    await reset(),
    await deleteProxy(),
  ]);
  for (const socket of stuck) socket.destroy();
});
