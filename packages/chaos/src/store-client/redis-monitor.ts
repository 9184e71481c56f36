import { connect, type Socket } from 'node:net';
import type { RedisServer } from './redis-client.ts';
import { createReplyReader } from './redis-replies.ts';
import { untilAborted } from './until-aborted.ts';

/** A connection in MONITOR mode: what the server tells of other clients is skipped, only its answers count. */
export interface RedisMonitor {
  /** Rejects with what the server says against it, or when the connection is lost or the signal aborted. */
  ask(command: readonly string[], signal: AbortSignal): Promise<string>;
  close(): void;
}

/** On loopback it takes a millisecond. */
const CONNECT_MS_MAX = 2_000;

type Settle = (error: unknown, answer: string) => void;

/** No client library lets a connection in MONITOR mode send anything else. */
export async function openRedisMonitor(
  { host, port, user, password }: RedisServer,
  signal: AbortSignal,
): Promise<RedisMonitor> {
  const socket = connect({ host, port });
  const waiting: Settle[] = [];
  let lost: Error | undefined;
  const lose = (error: Error): void => {
    lost ??= error;
    socket.destroy();
    for (const settle of waiting.splice(0)) settle(lost, '');
  };
  const reader = createReplyReader((reply) => {
    const settle = waiting.shift();
    if (reply.kind === 'error') settle?.(new Error(reply.text), '');
    else settle?.(undefined, reply.text);
  });
  socket.on('data', (data: Buffer) => reader.push(data));
  socket.on('error', lose);
  socket.on('close', () => lose(new Error('the connection to Redis is lost')));
  const ask = (command: readonly string[], within: AbortSignal): Promise<string> =>
    untilAborted(within, (settle) => {
      if (lost !== undefined) {
        settle(lost, '');
        return;
      }
      waiting.push(settle);
      socket.write(encode(command));
    });
  try {
    await connected(socket, AbortSignal.any([signal, AbortSignal.timeout(CONNECT_MS_MAX)]));
    if (password !== undefined) {
      await ask(['AUTH', ...(user === undefined ? [] : [user]), password], signal);
    }
    await ask(['MONITOR'], signal);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return { ask, close: () => socket.destroy() };
}

function connected(socket: Socket, signal: AbortSignal): Promise<void> {
  return untilAborted<void>(signal, (settle) => {
    socket.once('connect', () => settle(undefined, undefined));
    socket.once('error', (error) => settle(error, undefined));
  });
}

/** RESP: an array of strings. */
function encode(command: readonly string[]): string {
  const parts = command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
  return `*${parts.length}\r\n${parts.join('')}`;
}
