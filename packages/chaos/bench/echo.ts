import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Address } from '@stormcart/core';

/** What one request and its answer carry: a small query. */
const MESSAGE = Buffer.alloc(64, 'x');

/** Sends everything back. */
export async function startEcho(): Promise<{ readonly address: Address; readonly server: Server }> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      if (!socket.write(chunk)) socket.pause();
    });
    socket.on('drain', () => socket.resume());
  });
  return { address: await listenOn(server), server };
}

async function listenOn(server: Server): Promise<Address> {
  server.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 });
  await once(server, 'listening');
  const address = server.address();
  return { host: '127.0.0.1', port: typeof address === 'object' && address !== null ? address.port : 0 };
}

export async function openSocket(address: Address): Promise<Socket> {
  const socket = connect({ ...address, noDelay: true });
  await once(socket, 'connect');
  return socket;
}

/** Sends a message on each connection and the next when the whole of it is back, `count` times in all. */
export function roundTrips(sockets: readonly Socket[], count: number): Promise<readonly number[]> {
  const tookMs: number[] = [];
  let left = count;
  const ask = (socket: Socket): Promise<void> =>
    new Promise((resolve, reject) => {
      let receivedBytes = 0;
      let startMs = 0;
      const next = (): void => {
        if (left <= 0) {
          socket.off('data', onData).off('close', onClose);
          resolve();
          return;
        }
        left -= 1;
        receivedBytes = 0;
        startMs = performance.now();
        socket.write(MESSAGE);
      };
      const onData = (chunk: Buffer): void => {
        receivedBytes += chunk.length;
        if (receivedBytes < MESSAGE.length) return;
        tookMs.push(performance.now() - startMs);
        next();
      };
      const onClose = (): void => reject(new Error('the connection was closed'));
      socket.on('data', onData).on('close', onClose);
      next();
    });
  return Promise.all(sockets.map(ask)).then(() => tookMs);
}
