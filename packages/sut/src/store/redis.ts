import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type Address, pollUntil, type SupervisedChild } from '@stormcart/core';
import {
  READY_MS_MAX,
  READY_POLL_MS,
  STORE_RESTART,
  type StoreContext,
  storeEnvironment,
} from './store-context.ts';
import type { StorePrograms } from './store-programs.ts';

export interface RedisOptions {
  readonly programs: StorePrograms['redis'];
  /** A leased port. */
  readonly port: number;
}

export interface RunningRedis {
  readonly address: Address;
  readonly process: SupervisedChild;
}

/** PING on loopback is answered in well under a millisecond, once the append-only file is loaded. */
const PROBE_MS_MAX = 1_000;

/** Starts a Redis of our own and waits until it answers PING. What it holds survives SIGKILL of the server. */
export async function startRedis(context: StoreContext, options: RedisOptions): Promise<RunningRedis> {
  const folder = join(context.dataFolder, 'redis');
  await mkdir(folder, { recursive: true });
  context.signal.throwIfAborted();
  const address = { host: '127.0.0.1', port: options.port };
  const child = await context.supervisor.start({
    name: 'redis',
    command: options.programs.server,
    args: redisArguments(folder, options.port),
    env: storeEnvironment([]),
    workFolder: folder,
    dataFolder: folder,
    logFile: join(context.logFolder, 'redis.log'),
    ready: (signal) => pollUntil(() => answersPing(address), { everyMs: READY_POLL_MS, signal }),
    readyTimeoutMs: READY_MS_MAX,
    restart: STORE_RESTART,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 5_000,
  });
  return { address, process: child };
}

export function redisArguments(folder: string, port: number): readonly string[] {
  const settings: readonly (readonly [name: string, value: string])[] = [
    ['bind', '127.0.0.1'],
    ['port', String(port)],
    ['dir', folder],
    ['daemonize', 'no'],
    // No snapshots: the append-only file alone, written out at each command and left to the kernel to sync.
    ['save', ''],
    ['appendonly', 'yes'],
    ['protected-mode', 'no'],
    // A cache of 10,000 products takes 10 MB.
    ['maxmemory', '64mb'],
    ['maxmemory-policy', 'allkeys-lru'],
  ];
  return settings.flatMap(([name, value]) => [`--${name}`, value]);
}

/** Redis's inline protocol; `-LOADING` while it reads its file is no PONG. */
function answersPing(address: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    const finish = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(PROBE_MS_MAX, () => finish(false));
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => finish(data.toString('latin1').startsWith('+PONG')));
    socket.once('error', () => finish(false));
  });
}
