import { createSocket, type Socket } from 'node:dgram';
import { createServer } from 'node:net';
import { AppError } from '../error/app-error.ts';

/** A TCP port on 127.0.0.1 that no other Stormcart run will take until it is closed. */
export interface PortLease {
  readonly port: number;
  close(): Promise<void>;
}

/** Below Linux's ephemeral range (32768 up), so that no outgoing connection sits on a leased port. */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;
/** Enough to cross a dense neighbourhood; a machine where all of these are taken has another problem. */
const MAX_TRIES = 400;

/**
 * Leases a free port. The lease is the UDP socket of the same number, held open: it keeps other
 * runs off the port between asking and binding, and the kernel drops it even on SIGKILL, so there
 * is no lock file to go stale.
 */
export async function leasePort(): Promise<PortLease> {
  const span = LAST_PORT - FIRST_PORT + 1;
  // Not seeded on purpose: two runs with the same seed must not walk the same ports.
  const start = Math.floor(Math.random() * span);
  for (let step = 0; step < MAX_TRIES; step += 1) {
    const lease = await tryLease(FIRST_PORT + ((start + step) % span));
    if (lease !== undefined) return lease;
  }
  throw new AppError({
    kind: 'environment',
    code: 'NO_FREE_PORT',
    message: `no free port among ${MAX_TRIES} tried on 127.0.0.1 between ${FIRST_PORT} and ${LAST_PORT}`,
    hint: 'End what holds them: `ss -ltnup` lists who listens.',
  });
}

/** Leases one given port; undefined when somebody else has it. */
export async function tryLease(port: number): Promise<PortLease | undefined> {
  const twin = await bindTwin(port);
  if (twin === undefined) return undefined;
  if (!(await isTcpFree(port))) {
    await closeTwin(twin);
    return undefined;
  }
  return { port, close: () => closeTwin(twin) };
}

function bindTwin(port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket({ type: 'udp4', reuseAddr: false });
    socket.once('error', () => {
      socket.close();
      resolve(undefined);
    });
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => {
      socket.removeAllListeners('error');
      socket.on('error', () => undefined);
      socket.unref();
      resolve(socket);
    });
  });
}

function closeTwin(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    try {
      socket.close(() => resolve());
    } catch {
      // Already closed: closing a lease twice is no error.
      resolve();
    }
  });
}

function isTcpFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
