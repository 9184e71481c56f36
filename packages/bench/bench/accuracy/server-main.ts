/**
 * The misbehaving server, in a process of its own. Its argument is a `Behaviour`. Tells its parent its port, and, when it
 * is sent anything, when it answered each request whose number it knows (the end of `X-Request-Id`).
 */
import { createServer, type Socket } from 'node:net';
import { systemClock } from '@stormcart/core';
import { type Behaviour, drawnMs, SPOILED_EVERY } from './behaviour.ts';

const behaviour = JSON.parse(process.argv[2] ?? '') as Behaviour;
const BODY = '{"fine":true}';
const HEAD = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n`;
const SHED = 'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n';
const answeredMs: [number, number][] = [];
let count = 0;

function treat(socket: Socket, index: number, number: number): void {
  const answer = (): void => {
    socket.write(HEAD + BODY);
    answeredMs.push([number, systemClock.now()]);
  };
  switch (behaviour.kind) {
    case 'delay':
      setTimeout(answer, behaviour.ms);
      return;
    case 'draw':
      // Timers keep whole milliseconds and drop the rest.
      setTimeout(answer, Math.round(drawnMs(behaviour.meanMs, index)));
      return;
    case 'drip':
      drip(socket, number, behaviour.pieces, behaviour.everyMs);
      return;
    case 'freeze':
      if (index === 0) freezeAll(behaviour.atMs, behaviour.forMs);
      answer();
      return;
    case 'spoil':
      if (index % SPOILED_EVERY !== SPOILED_EVERY - 1) answer();
      else spoil(socket, behaviour.how);
      return;
    case 'refuse':
      return;
  }
}

function drip(socket: Socket, number: number, pieces: number, everyMs: number): void {
  const length = Math.ceil(BODY.length / pieces);
  socket.write(HEAD);
  for (let piece = 0; piece < pieces; piece += 1) {
    setTimeout(() => {
      socket.write(BODY.slice(piece * length, (piece + 1) * length));
      if (piece === pieces - 1) answeredMs.push([number, systemClock.now()]);
    }, piece * everyMs);
  }
}

function spoil(socket: Socket, how: (Behaviour & { readonly kind: 'spoil' })['how']): void {
  switch (how) {
    case 'fin':
      socket.end();
      return;
    case 'rst':
      socket.resetAndDestroy();
      return;
    case 'truncate':
      socket.end(HEAD + BODY.slice(0, 4));
      return;
    case 'shed':
      socket.write(SHED);
  }
}

/** Blocks the whole process, as SIGSTOP would, until a time that is fixed beforehand. */
function freezeAll(atMs: readonly number[], forMs: number): void {
  const zeroMs = systemClock.now();
  for (const startMs of atMs) {
    setTimeout(() => {
      const leftMs = zeroMs + startMs + forMs - systemClock.now();
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, leftMs);
    }, startMs);
  }
}

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    const text = chunk.toString('latin1');
    if (!text.endsWith('\r\n\r\n')) return;
    treat(socket, count, Number(/X-Request-Id: .*-(\d+)\r\n/i.exec(text)?.[1] ?? 0));
    count += 1;
  });
});
process.on('message', () => process.send?.({ answeredMs }));
process.on('disconnect', () => process.exit());
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  // A port that was just ours and that nobody listens on any more refuses.
  if (behaviour.kind === 'refuse') server.close(() => process.send?.({ port }));
  else process.send?.({ port });
});
// The channel alone keeps it alive when it listens no more.
process.channel?.ref();
