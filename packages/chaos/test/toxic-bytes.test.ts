import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '@stormcart/core';
import { afterEach, describe, expect, it } from 'vitest';
import { watchLag } from './lag-watch.ts';
import { echo, eventually, fateOf, openRig, readBytes, type SocketRig } from './socket-rig.ts';

let rig: SocketRig;
afterEach(() => rig.close());

/** Neither a period nor a power of two: a byte that is lost or out of place shows. */
function pattern(size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, (_, index) => (index * 7 + (index >> 8)) % 251));
}

/** Everything that comes until the connection ends, and how it ends. */
async function everything(socket: Socket): Promise<{ readonly received: Buffer; readonly fate: string }> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const fate = await fateOf(socket, 20_000);
  return { received: Buffer.concat(chunks), fate };
}

describe('limit_data', () => {
  it.each([1, 1_000, 65_536, 100_001])(
    'lets exactly %d bytes pass to the client, then closes',
    async (bytes) => {
      const sent = pattern(200_000);
      rig = await openRig((socket) => socket.write(sent));
      await rig.add('limit_data', { stream: 'downstream', attributes: { bytes } });
      const socket = await rig.client();
      const { received, fate } = await everything(socket);
      expect(received.equals(sent.subarray(0, bytes))).toBe(true);
      expect(fate).toBe('end');
      socket.end();
      await eventually(() => rig.proxy.connectionCount).toBe(0);
      expect(rig.hits().connections).toBe(1);
    },
  );

  it('lets a client go that does not close its side', async () => {
    rig = await openRig((socket) => socket.write('more'));
    await rig.add('limit_data', { stream: 'downstream', attributes: { bytes: 2 } });
    const { received } = await everything(await rig.client());
    expect(received.toString()).toBe('mo');
    await eventually(() => rig.proxy.connectionCount).toBe(0);
  });

  it('lets exactly so many pass to the server, and closes the client too', async () => {
    rig = await openRig(() => undefined);
    await rig.add('limit_data', { attributes: { bytes: 70_000 } });
    const socket = await rig.client();
    const fate = fateOf(socket);
    await eventually(() => rig.served.length).toBe(1);
    const atServer = everything(rig.served[0] as Socket);
    const sent = pattern(300_000);
    socket.write(sent);
    const { received } = await atServer;
    expect(received.equals(sent.subarray(0, 70_000))).toBe(true);
    expect(['end', 'ECONNRESET']).toContain(await fate);
  });

  it('closes at the first byte with 0, and not before', async () => {
    rig = await openRig(echo);
    await rig.add('limit_data', { attributes: { bytes: 0 } });
    const socket = await rig.client();
    expect(await fateOf(socket, 100)).toBe('open');
    const rest = everything(socket);
    socket.write('x');
    expect(await rest).toMatchObject({ received: Buffer.alloc(0) });
  });

  it('is exact for a client that reads late, and sends meanwhile', async () => {
    const sent = pattern(1_000_000);
    rig = await openRig((socket) => {
      socket.resume();
      socket.write(sent);
    });
    await rig.add('limit_data', { stream: 'downstream', attributes: { bytes: 900_000 } });
    const socket = await rig.client();
    socket.pause();
    for (let round = 0; round < 20; round += 1) {
      socket.write(Buffer.alloc(10_000));
      await wait(5);
    }
    const { received, fate } = await everything(socket);
    expect(received.equals(sent.subarray(0, 900_000))).toBe(true);
    expect(fate).toBe('end');
  });

  it('counts what has passed already when its limit is changed', async () => {
    rig = await openRig((socket) => socket.resume());
    await rig.add('limit_data', { attributes: { bytes: 1_000 } });
    const socket = await rig.client();
    await eventually(() => rig.served.length).toBe(1);
    const atServer = everything(rig.served[0] as Socket);
    socket.write(Buffer.alloc(600));
    await eventually(() => rig.hits().chunks).toBe(1);
    rig.proxy.changeToxic('t', { attributes: { bytes: 700 } });
    socket.write(Buffer.alloc(600));
    expect((await atServer).received).toHaveLength(700);
  });
});

describe('slicer', () => {
  const DELAY_MS = 20;

  it('writes pieces of its size apart from each other', async () => {
    rig = await openRig((socket) => socket.resume());
    await rig.add('slicer', { attributes: { average_size: 100, delay: DELAY_MS * 1_000 } });
    const socket = await rig.client();
    await eventually(() => rig.served.length).toBe(1);
    const sizes: number[] = [];
    const [server] = rig.served as [Socket];
    server.on('data', (chunk: Buffer) => sizes.push(chunk.length));
    const lag = watchLag();
    const startMs = systemClock.now();
    const received = readBytes(server, 1_050);
    const sent = pattern(1_050);
    socket.write(sent);
    expect((await received).equals(sent)).toBe(true);
    const tookMs = systemClock.now() - startMs;
    // The first piece goes at once, the eleventh after ten delays.
    expect(tookMs).toBeGreaterThan(10 * DELAY_MS - 1);
    expect(tookMs - lag.stalledMs(startMs)).toBeLessThan(10 * DELAY_MS * 1.1);
    // Pieces that fell due while this process stood still are read as one.
    if (lag.stalledMs(startMs) < DELAY_MS / 2)
      expect(sizes).toEqual([...Array.from({ length: 10 }, () => 100), 50]);
    else expect(sizes.slice(0, -1).every((size) => size % 100 === 0)).toBe(true);
    lag.stop();
  });

  it('without a delay passes everything, in order, and holds little', async () => {
    rig = await openRig(echo);
    await rig.add('slicer', { attributes: { average_size: 10, size_variation: 5 } });
    const socket = await rig.client();
    const sent = pattern(300_000);
    const back = readBytes(socket, sent.length);
    socket.write(sent);
    expect((await back).equals(sent)).toBe(true);
  });
});

describe('corrupt', () => {
  async function corrupted(byteShare: number, sent: Buffer): Promise<Buffer> {
    rig = await openRig(echo);
    await rig.add('corrupt', { attributes: { byte_share: byteShare } });
    const socket = await rig.client();
    const back = readBytes(socket, sent.length);
    socket.write(sent);
    const received = await back;
    await rig.close();
    return received;
  }

  it('changes its share of the bytes, the same ones for the same seed, and loses none', async () => {
    const sent = pattern(1_000_000);
    const first = await corrupted(0.01, sent);
    expect(first).toHaveLength(sent.length);
    const changed = sent.reduce((count, byte, index) => count + (byte === first[index] ? 0 : 1), 0);
    // 1,000,000 draws at 0.01: mean 10,000, standard deviation 99.5; five of them are passed once in two million.
    expect(changed).toBeGreaterThan(10_000 - 498);
    expect(changed).toBeLessThan(10_000 + 498);
    expect((await corrupted(0.01, sent)).equals(first)).toBe(true);
  });

  it.each([
    [1, 5_000],
    [0, 0],
  ])('with a share of %d changes %d of 5,000 bytes', async (share, expected) => {
    const sent = pattern(5_000);
    const received = await corrupted(share, sent);
    expect(sent.filter((byte, index) => byte !== received[index])).toHaveLength(expected);
  });
});

describe('noop', () => {
  it('changes nothing and counts what passes, the end as well', async () => {
    rig = await openRig(echo);
    await rig.add('noop', { name: 'up' });
    await rig.add('noop', { name: 'down', stream: 'downstream' });
    const socket = await rig.client();
    const sent = pattern(300_000);
    const back = readBytes(socket, sent.length);
    socket.end(sent);
    expect((await back).equals(sent)).toBe(true);
    await once(socket, 'end');
    await eventually(() => rig.proxy.connectionCount).toBe(0);
    const [record] = rig.proxy.connections.records();
    expect(record?.hits).toMatchObject({ up: { bytes: 300_000 }, down: { bytes: 300_000 } });
  });
});

describe('several toxics', () => {
  it('act one after the other, in the order in which they were added', async () => {
    const sent = pattern(10_000);
    rig = await openRig((socket) => socket.write(sent));
    await rig.add('slicer', { name: 'slice', stream: 'downstream', attributes: { average_size: 7 } });
    await rig.add('latency', { name: 'slow', stream: 'downstream', attributes: { latency: 30 } });
    await rig.add('limit_data', { name: 'cut', stream: 'downstream', attributes: { bytes: 4_321 } });
    const startMs = systemClock.now();
    const { received, fate } = await everything(await rig.client());
    expect(received.equals(sent.subarray(0, 4_321))).toBe(true);
    expect(fate).toBe('end');
    expect(systemClock.now() - startMs).toBeGreaterThan(29);
  });
});
