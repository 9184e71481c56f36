import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '@stormcart/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type LagWatch, watchLag } from './lag-watch.ts';
import { echo, eventually, fateOf, openRig, readBytes, roundTripMs, type SocketRig } from './socket-rig.ts';

/** A delay is never short by more than the clock's rounding, nor long by more than this and what the process stood still. */
const ROUNDING_MS = 1;
const TOLERANCE_MS = 5;

let rig: SocketRig;
let lag: LagWatch;
beforeAll(() => {
  lag = watchLag();
});
afterAll(() => lag.stop());
afterEach(() => rig.close());

/** How long something took, and for how much of that this process stood still. */
interface Timed {
  readonly tookMs: number;
  readonly stalledMs: number;
}

async function timed(work: () => Promise<unknown>): Promise<Timed> {
  const startMs = systemClock.now();
  await work();
  return { tookMs: systemClock.now() - startMs, stalledMs: lag.stalledMs(startMs) };
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function medianRoundTripMs(socket: Socket): Promise<number> {
  const values: number[] = [];
  for (let round = 0; round < 11; round += 1) values.push(await roundTripMs(socket));
  return median(values);
}

describe('latency', () => {
  it('delays an open connection by 100 ± 5 ms, against a baseline of the same run', async () => {
    rig = await openRig(echo);
    const socket = await rig.client();
    const baselineMs = await medianRoundTripMs(socket);
    await rig.add('latency', { attributes: { latency: 100 } });
    const during: Timed[] = [];
    for (let round = 0; round < 11; round += 1) during.push(await timed(() => roundTripMs(socket)));
    await rig.proxy.removeToxic('t');
    expect(median(during.map(({ tookMs }) => tookMs)) - baselineMs).toBeGreaterThan(100 - TOLERANCE_MS);
    expect(median(during.map(({ tookMs, stalledMs }) => tookMs - stalledMs)) - baselineMs).toBeLessThan(
      100 + TOLERANCE_MS,
    );
    expect(await medianRoundTripMs(socket)).toBeLessThan(100 - TOLERANCE_MS);
    expect(rig.hits()).toEqual({ connections: 1, chunks: 11 });
  });

  it('varies it by jitter, over all of the range and not beyond', async () => {
    rig = await openRig(echo);
    const sockets = await Promise.all(Array.from({ length: 60 }, () => rig.client()));
    for (const socket of sockets) await roundTripMs(socket);
    await rig.add('latency', { attributes: { latency: 100, jitter: 40 } });
    const all = await Promise.all(sockets.map((socket) => timed(() => roundTripMs(socket))));
    for (const { tookMs, stalledMs } of all) {
      expect(tookMs).toBeGreaterThan(60 - ROUNDING_MS);
      expect(tookMs - stalledMs).toBeLessThan(140 + TOLERANCE_MS);
    }
    // Sixty draws, the same each time: their mean and both ends of the range.
    const delays = all.map(({ tookMs }) => tookMs);
    const stalledMs = Math.max(...all.map((one) => one.stalledMs));
    expect(Math.min(...delays)).toBeLessThan(75 + stalledMs);
    expect(Math.max(...delays)).toBeGreaterThan(125);
    const meanMs = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
    expect(meanMs).toBeGreaterThan(90);
    expect(meanMs - stalledMs).toBeLessThan(110);
  });

  it('adds up over both directions', async () => {
    rig = await openRig(echo);
    await rig.add('latency', { name: 'up', attributes: { latency: 60 } });
    await rig.add('latency', { name: 'down', stream: 'downstream', attributes: { latency: 40 } });
    const socket = await rig.client();
    const { tookMs, stalledMs } = await timed(() => roundTripMs(socket));
    expect(tookMs).toBeGreaterThan(100 - 2 * ROUNDING_MS);
    expect(tookMs - stalledMs).toBeLessThan(100 + 2 * TOLERANCE_MS);
  });

  it('keeps the order of what it delays with jitter, and its end behind it', async () => {
    rig = await openRig((socket) => socket.resume());
    await rig.add('latency', { attributes: { latency: 20, jitter: 20 } });
    const socket = await rig.client();
    await eventually(() => rig.served.length).toBe(1);
    const [server] = rig.served as [Socket];
    const received = readBytes(server, 200);
    const ended = new Promise((resolve) => server.once('end', resolve));
    for (let index = 0; index < 100; index += 1) {
      socket.write(String(index).padStart(2, '0'));
      if (index % 10 === 0) await wait(3);
    }
    socket.end();
    const expected = Array.from({ length: 100 }, (_, index) => String(index).padStart(2, '0')).join('');
    expect((await received).toString()).toBe(expected);
    await ended;
  });

  it('lets held data go on at once when it is removed', async () => {
    rig = await openRig(echo);
    await rig.add('latency', { attributes: { latency: 60_000 } });
    const socket = await rig.client();
    const back = readBytes(socket, 4);
    socket.write('held');
    await eventually(() => rig.hits().chunks).toBe(1);
    await rig.proxy.removeToxic('t');
    expect((await back).toString()).toBe('held');
  });

  it('ends by itself when its lease is over', async () => {
    rig = await openRig(echo);
    await rig.add('latency', { attributes: { latency: 60_000 }, ttlMs: 150 });
    const socket = await rig.client();
    expect(await roundTripMs(socket)).toBeLessThan(20_000);
    expect(rig.proxy.toxics).toEqual([]);
    expect(rig.hits()).toEqual({ connections: 1, chunks: 1 });
  });
});

describe('bandwidth', () => {
  it.each([
    [200, 200_000],
    [50, 50_000],
  ])('passes %d KB a second within 5 %%', async (rate, size) => {
    rig = await openRig((socket) => socket.resume());
    await rig.add('bandwidth', { attributes: { rate } });
    const socket = await rig.client();
    await eventually(() => rig.served.length).toBe(1);
    const received = readBytes(rig.served[0] as Socket, size);
    const dueMs = size / rate;
    const { tookMs, stalledMs } = await timed(() => {
      socket.write(Buffer.alloc(size));
      return received;
    });
    expect(tookMs).toBeGreaterThan(dueMs * 0.95);
    expect(tookMs - stalledMs).toBeLessThan(dueMs * 1.05);
  });

  it('slows the sender down instead of buffering for it', async () => {
    rig = await openRig((socket) => socket.resume());
    await rig.add('bandwidth', { attributes: { rate: 1 } });
    const socket = await rig.client();
    socket.write(Buffer.alloc(64 * 1_048_576));
    await wait(500);
    expect(socket.writableLength).toBeGreaterThan(32 * 1_048_576);
  });

  it('of 0 passes nothing until it is removed', async () => {
    rig = await openRig(echo);
    await rig.add('bandwidth', { attributes: { rate: 0 } });
    const socket = await rig.client();
    const silence = readBytes(socket, 1, 200);
    socket.write('held');
    await expect(silence).rejects.toThrow('0 of 1 bytes');
    const back = readBytes(socket, 4);
    await rig.proxy.removeToxic('t');
    expect((await back).toString()).toBe('held');
  });
});

describe('slow_close', () => {
  it('passes data at once and the end of the connection as late as it says', async () => {
    rig = await openRig(echo);
    await rig.add('slow_close', { stream: 'downstream', attributes: { delay: 150 } });
    const socket = await rig.client();
    const data = await timed(() => roundTripMs(socket));
    expect(data.tookMs - data.stalledMs).toBeLessThan(100);
    const end = await timed(() => {
      const fate = fateOf(socket);
      socket.end();
      return fate;
    });
    expect(end.tookMs).toBeGreaterThan(150 - ROUNDING_MS);
    expect(end.tookMs - end.stalledMs).toBeLessThan(150 + 2 * TOLERANCE_MS);
  });

  it('lets the end go on at once when it is removed', async () => {
    rig = await openRig((socket) => socket.end('bye'));
    await rig.add('slow_close', { stream: 'downstream', attributes: { delay: 60_000 } });
    const socket = await rig.client();
    expect((await readBytes(socket, 3)).toString()).toBe('bye');
    const fate = fateOf(socket);
    await rig.proxy.removeToxic('t');
    expect(await fate).toBe('end');
  });
});

describe('timeout', () => {
  it('is silent on open and new connections, and closes them when removed', async () => {
    rig = await openRig(echo);
    const open = await rig.client();
    await roundTripMs(open);
    await rig.add('timeout');
    const fresh = await rig.client();
    for (const socket of [open, fresh]) {
      const answer = readBytes(socket, 1, 200);
      socket.write('x');
      await expect(answer).rejects.toThrow('0 of 1 bytes');
      expect(socket.destroyed).toBe(false);
    }
    expect(rig.hits()).toEqual({ connections: 2, chunks: 2 });
    const fates = [open, fresh].map((socket) => fateOf(socket));
    await rig.proxy.removeToxic('t');
    expect(await Promise.all(fates)).toEqual(['end', 'end']);
    await roundTripMs(await rig.client());
  });

  it('with a time is silence for so long, then the connection is closed', async () => {
    rig = await openRig(echo);
    const socket = await rig.client();
    await roundTripMs(socket);
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    const { tookMs, stalledMs } = await timed(async () => {
      await rig.add('timeout', { attributes: { timeout: 200 } });
      socket.write('x');
      expect(await fateOf(socket)).toBe('end');
    });
    expect(bytes).toBe(0);
    expect(tookMs).toBeGreaterThan(200 - ROUNDING_MS);
    expect(tookMs - stalledMs).toBeLessThan(200 + 2 * TOLERANCE_MS);
  });

  it('does not tell the server that its client has gone', async () => {
    rig = await openRig(echo);
    await rig.add('timeout');
    const socket = await rig.client();
    await eventually(() => rig.served.length).toBe(1);
    socket.resetAndDestroy();
    expect(await fateOf(rig.served[0] as Socket, 200)).toBe('open');
    await rig.proxy.removeToxic('t');
    await eventually(() => rig.proxy.connectionCount).toBe(0);
  });
});

describe('reset_peer', () => {
  it('resets both peers of an open connection', async () => {
    rig = await openRig(echo);
    const socket = await rig.client();
    await roundTripMs(socket);
    const fates = [fateOf(socket), fateOf(rig.served[0] as Socket)];
    await rig.add('reset_peer');
    expect(await Promise.all(fates)).toEqual(['ECONNRESET', 'ECONNRESET']);
    expect(rig.hits().connections).toBe(1);
  });

  it('lets new connections live as long as it says', async () => {
    rig = await openRig(echo);
    await rig.add('reset_peer', { attributes: { timeout: 200 } });
    const { tookMs, stalledMs } = await timed(async () => {
      const socket = await rig.client();
      await roundTripMs(socket);
      expect(await fateOf(socket)).toBe('ECONNRESET');
    });
    expect(tookMs).toBeGreaterThan(200 - ROUNDING_MS);
    expect(tookMs - stalledMs).toBeLessThan(200 + 2 * TOLERANCE_MS);
  });
});

describe('down', () => {
  it('closes what is open and refuses what is new until it is removed', async () => {
    rig = await openRig(echo);
    const socket = await rig.client();
    await roundTripMs(socket);
    const fate = fateOf(socket);
    await rig.add('down');
    expect(await fate).toBe('end');
    expect(rig.hits().connections).toBe(1);
    expect(await fateOf(connect(rig.proxy.listen))).toBe('ECONNREFUSED');
    await rig.proxy.removeToxic('t');
    await roundTripMs(await rig.client());
  });

  it('stays down until the last of two has ended', async () => {
    rig = await openRig(echo);
    await rig.add('down', { name: 'first' });
    await rig.add('down', { name: 'second' });
    await rig.proxy.removeToxic('first');
    expect(rig.proxy.isListening).toBe(false);
    await rig.proxy.removeToxic('second');
    expect(rig.proxy.isListening).toBe(true);
  });
});
