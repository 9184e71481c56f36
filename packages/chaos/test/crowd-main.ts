/**
 * A crowd in a process of its own, so that a test can measure without working for it, and stop it: `node crowd-main.ts`
 * serves on a free port that it tells its parent, and does what its parent tells it to. Its server reads nothing, and
 * sends without end to clients that ask with an `f`.
 */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** What the parent may ask for. */
export type CrowdOrder =
  /** Opens so many connections to a port. */
  | { readonly kind: 'open'; readonly port: number; readonly count: number }
  /** Sends this on so many of the open connections. */
  | { readonly kind: 'send'; readonly text: string; readonly count: number }
  | { readonly kind: 'count' }
  | { readonly kind: 'leave' };

/** What it answers when it has done so. */
export interface CrowdState {
  readonly open: number;
  /** Of the server's connections, those whose client takes no more. */
  readonly blocked: number;
}

const BATCH = 200;
const FLOOD = Buffer.alloc(262_144);
/** What is only on its way into a kernel's buffer is gone in much less. */
const BLOCKED_MS = 300;
let clients: Socket[] = [];
const served = new Set<Socket>();
/** When each flooded connection was last given more. */
const flooded = new WeakMap<Socket, number>();

const server = createServer((socket) => {
  served.add(socket);
  socket.on('error', () => undefined).once('close', () => served.delete(socket));
  socket.once('data', (data) => {
    socket.pause();
    if (data.toString().startsWith('f')) flood(socket);
  });
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () => process.send?.(server.address()));
process.on('disconnect', () => process.exit(0));
process.on('message', (order: CrowdOrder) => {
  void follow(order).then(() => process.send?.(state()));
});

async function follow(order: CrowdOrder): Promise<void> {
  switch (order.kind) {
    case 'open':
      for (let opened = 0; opened < order.count; opened += BATCH) {
        const batch = Array.from({ length: BATCH }, () => open(order.port));
        clients.push(...(await Promise.all(batch)));
      }
      break;
    case 'send':
      for (const client of clients.slice(0, order.count)) client.write(order.text);
      break;
    case 'count':
      break;
    case 'leave':
      for (const client of clients) client.destroy();
      clients = [];
      break;
  }
}

/** It never reads. */
async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  await once(socket, 'connect');
  return socket.on('error', () => undefined).pause();
}

/** Sends on as soon as the kernel has taken what was sent, until nobody takes anything any more. */
function flood(socket: Socket): void {
  const send = (): void => {
    if (socket.destroyed) return;
    flooded.set(socket, performance.now());
    // What the kernel takes at once makes no 'drain': the next piece follows by itself, after others had a turn.
    if (socket.write(FLOOD)) setImmediate(send);
  };
  socket.on('drain', send);
  send();
}

function state(): CrowdState {
  return {
    open: clients.filter((client) => !client.destroyed).length,
    blocked: [...served].filter(isBlocked).length,
  };
}

function isBlocked(socket: Socket): boolean {
  const sentMs = flooded.get(socket);
  return sentMs !== undefined && socket.writableLength > 0 && performance.now() - sentMs > BLOCKED_MS;
}
