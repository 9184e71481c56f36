import type { Socket } from 'node:net';
import { type Address, type Clock, messageOf } from '@stormcart/core';
import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from 'pino';
import type { PolicyFigures } from '../policy/figures.ts';
import type { PolicyKind } from '../policy/policy.ts';
import type { NeededStore } from '../service/readiness.ts';

/** One connection to Redis, opened again whenever it breaks. */
export interface RedisConnection extends NeededStore {
  readonly client: Redis;
  close(): void;
}

/** The part of ioredis's options that a policy decides. */
type ClientOptions = Pick<
  RedisOptions,
  | 'enableOfflineQueue'
  | 'maxRetriesPerRequest'
  | 'autoResendUnfulfilledCommands'
  | 'connectTimeout'
  | 'commandTimeout'
  | 'socketTimeout'
  | 'retryStrategy'
>;

/** A client waits this long to hear anything at all while a command is under way, then takes the socket for dead. */
const SILENCE_MS = 400;
/** A timed-out command keeps its place in the client until then. */
const COMMAND_MS = 1_000;
const RECONNECT_MS = { first: 50, longest: 250 };
/** One line of log per change is enough. */
const ERROR_LOG_EVERY_MS = 5_000;

/**
 * The client's part of a policy. Guarded: fail at once while disconnected, notice a silent socket, come back within
 * half a second. Without a policy: ioredis as it comes, and only the last-resort bound.
 */
export function clientOptions(kind: PolicyKind, figures: PolicyFigures): ClientOptions {
  if (kind === 'none') {
    return {
      connectTimeout: figures.lastResortMs,
      commandTimeout: figures.lastResortMs,
      socketTimeout: figures.lastResortMs,
    };
  }
  return {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    connectTimeout: COMMAND_MS,
    commandTimeout: COMMAND_MS,
    socketTimeout: SILENCE_MS,
    retryStrategy: (attempt) => Math.min(RECONNECT_MS.first * attempt, RECONNECT_MS.longest),
  };
}

/**
 * Commands of one turn of the event loop share a write: the system call is the dearest part of a read from the cache, and
 * under load several requests come in at once.
 */
function gatherWrites(client: Redis): void {
  const send = client.sendCommand.bind(client);
  client.sendCommand = (command, stream) => {
    const socket = client.stream as Socket | undefined;
    if (socket?.writableCorked === 0) {
      socket.cork();
      setImmediate(() => socket.uncork());
    }
    return send(command, stream);
  };
}

export function openRedis(
  address: Address,
  options: ClientOptions,
  clock: Clock,
  log: Logger,
): RedisConnection {
  const client = new Redis(address.port, address.host, options);
  gatherWrites(client);
  let loggedMs = Number.NEGATIVE_INFINITY;
  // Without a listener ioredis writes every failed reconnection to the console.
  client.on('error', (error: unknown) => {
    if (clock.now() - loggedMs < ERROR_LOG_EVERY_MS) return;
    loggedMs = clock.now();
    log.warn({ reason: messageOf(error) }, 'cache connection failed');
  });
  client.on('ready', () => log.info('cache connected'));
  return {
    name: 'redis',
    client,
    reach: async () => {
      await client.ping();
    },
    close: () => client.disconnect(),
  };
}
