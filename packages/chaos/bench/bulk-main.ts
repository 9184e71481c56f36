/**
 * One end of bulk connections, in a process of its own. `node bulk-main.ts sink` listens, tells its parent where, takes
 * what comes and tells how much came in what time. `node bulk-main.ts source` waits to be told where to send how much.
 */
import { connect, createServer } from 'node:net';

/** What the parent asks a source for. */
export interface BulkOrder {
  readonly host: string;
  readonly port: number;
  readonly bytes: number;
}

/** What a sink tells of each connection. */
export interface BulkResult {
  readonly receivedBytes: number;
  /** From the first byte to the end: how long connecting takes is no part of it. */
  readonly tookMs: number;
}

const CHUNK = Buffer.alloc(65_536, 'x');

process.on('disconnect', () => process.exit(0));
if (process.argv[2] === 'sink') serve();
else process.on('message', (order: BulkOrder) => send(order));

function serve(): void {
  const server = createServer((socket) => {
    let receivedBytes = 0;
    let startMs = 0;
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      if (receivedBytes === 0) startMs = performance.now();
      receivedBytes += chunk.length;
    });
    socket.once('end', () => {
      // Somebody who only looks whether there is a sink sends nothing.
      if (receivedBytes > 0) process.send?.({ receivedBytes, tookMs: performance.now() - startMs });
    });
  });
  server.listen(0, '127.0.0.1', () => process.send?.(server.address()));
}

function send({ host, port, bytes }: BulkOrder): void {
  const socket = connect({ host, port, noDelay: true });
  let leftBytes = bytes;
  const fill = (): void => {
    while (leftBytes > 0) {
      const chunk = leftBytes < CHUNK.length ? CHUNK.subarray(0, leftBytes) : CHUNK;
      leftBytes -= chunk.length;
      if (!socket.write(chunk)) return;
    }
    socket.end();
  };
  socket
    .on('error', () => undefined)
    .on('drain', fill)
    .once('connect', fill)
    .resume();
}
