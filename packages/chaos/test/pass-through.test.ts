import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { echo, eventually, fateOf, openRig, readBytes, type SocketRig } from './socket-rig.ts';

let rig: SocketRig;
afterEach(() => rig.close());

/** More than the kernel's buffers on loopback take, and more than a proxy may hold. */
const FLOOD_BYTES = 64 * 1_048_576;

/** Neither a period nor a power of two: a chunk that is lost, doubled or out of place shows. */
function pattern(size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, (_, index) => (index * 7 + (index >> 8)) % 251));
}

describe('a proxy without toxics', () => {
  it.each([1, 300_000, 4_000_000])('carries %d bytes both ways, unchanged and in order', async (size) => {
    rig = await openRig(echo);
    const socket = await rig.client();
    const sent = pattern(size);
    const back = readBytes(socket, sent.length);
    socket.write(sent);
    expect(sent.equals(await back)).toBe(true);
  });

  it('keeps one direction open when the other has ended', async () => {
    rig = await openRig((socket) => {
      const parts: Buffer[] = [];
      socket.on('data', (part: Buffer) => parts.push(part));
      socket.once('end', () => socket.end(`got ${Buffer.concat(parts).toString()}`));
    });
    const socket = await rig.client();
    socket.end('question');
    expect((await readBytes(socket, 12)).toString()).toBe('got question');
    expect(await fateOf(socket)).toBe('end');
    await eventually(() => rig.proxy.connectionCount).toBe(0);
  });

  it('keeps the client’s direction open when the server has ended', async () => {
    const received: Buffer[] = [];
    rig = await openRig((socket) => {
      socket.end('first word');
      socket.on('data', (part: Buffer) => received.push(part));
    });
    const socket = await rig.client();
    socket.resume();
    await once(socket, 'end');
    socket.write('last ');
    await wait(50);
    socket.end('word');
    await eventually(() => Buffer.concat(received).toString()).toBe('last word');
    await eventually(() => rig.proxy.connectionCount).toBe(0);
  });

  it('hands a reset on as a reset, either way', async () => {
    rig = await openRig((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const socket = await rig.client();
    const fate = fateOf(socket);
    socket.write('x');
    expect(await fate).toBe('ECONNRESET');
    const resetting = await rig.client();
    await eventually(() => rig.served.length).toBe(2);
    const served = fateOf(rig.served[1] as Socket);
    resetting.resetAndDestroy();
    expect(await served).toBe('ECONNRESET');
    await eventually(() => rig.proxy.connectionCount).toBe(0);
  });

  it('lets the client go when nothing listens upstream', async () => {
    rig = await openRig(echo);
    await rig.stopServer();
    expect(['end', 'ECONNRESET']).toContain(await fateOf(await rig.client()));
    await eventually(() => rig.proxy.connectionCount).toBe(0);
  });

  it('stops reading from the sender when the receiver does not read, and goes on when it does', async () => {
    rig = await openRig((socket) => socket.pause());
    const socket = await rig.client();
    socket.write(Buffer.alloc(FLOOD_BYTES));
    await wait(500);
    // The kernel's buffers on loopback take a few megabytes; a proxy that read on would have it all.
    expect(socket.writableLength).toBeGreaterThan(FLOOD_BYTES / 2);
    const [server] = rig.served as [Socket];
    const received = readBytes(server, FLOOD_BYTES);
    server.resume();
    await received;
    expect(socket.writableLength).toBe(0);
  });
});
