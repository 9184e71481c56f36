import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type Address,
  acceptsConnections,
  pollUntil,
  type RabbitmqControl,
  type StoreAccount,
  type SupervisedChild,
} from '@stormcart/core';
import { connect } from 'amqplib';
import { type RabbitmqPlace, rabbitmqEnvironment, rabbitmqFiles } from './rabbitmq-environment.ts';
import { makeRabbitmqHome } from './rabbitmq-home.ts';
import {
  READY_MS_MAX,
  READY_POLL_MS,
  STORE_RESTART,
  type StoreContext,
  storeEnvironment,
} from './store-context.ts';
import type { StorePrograms } from './store-programs.ts';

export interface RabbitmqOptions {
  readonly programs: StorePrograms['rabbitmq'];
  /** Leased ports: for clients, for other nodes, and for the node directory (epmd). */
  readonly ports: { readonly amqp: number; readonly distribution: number; readonly epmd: number };
  /** Letters, digits, `-`. */
  readonly virtualHost: string;
}

export interface RunningRabbitmq {
  readonly address: Address;
  readonly virtualHost: string;
  /** The broker's own usual one; it is let in from loopback only. */
  readonly account: StoreAccount;
  /** The way in for an administrator; undefined where this Erlang has no `erl_call`. */
  readonly control: RabbitmqControl | undefined;
  readonly process: SupervisedChild;
}

/** A handshake takes 5–20 ms; a node that is still booting refuses at once. */
const PROBE_MS_MAX = 2_000;

/**
 * Starts a RabbitMQ of our own and waits until a client can open the virtual host. Queues are their users' to
 * declare. There is no template: starting on a kept data folder saved 0.2 s of 2.4 s.
 */
export async function startRabbitmq(
  context: StoreContext,
  options: RabbitmqOptions,
): Promise<RunningRabbitmq> {
  const { programs, ports, virtualHost } = options;
  const folder = join(context.dataFolder, 'rabbitmq');
  const home = await makeRabbitmqHome(join(folder, 'home'), programs);
  await writeNodeFolder(folder, virtualHost);
  context.signal.throwIfAborted();
  await startEpmd(context, programs.epmd, ports.epmd);
  context.signal.throwIfAborted();

  const address = { host: '127.0.0.1', port: ports.amqp };
  const place: RabbitmqPlace = {
    folder,
    slimFolder: home.slimFolder,
    amqpPort: ports.amqp,
    distributionPort: ports.distribution,
    epmdPort: ports.epmd,
  };
  const child = await context.supervisor.start({
    name: 'rabbitmq',
    command: home.startScript,
    args: [],
    env: { ...storeEnvironment([dirname(programs.erl)]), ...rabbitmqEnvironment(place) },
    workFolder: folder,
    dataFolder: folder,
    logFile: join(context.logFolder, 'rabbitmq.log'),
    ready: (signal) =>
      pollUntil(() => opensVirtualHost(address, virtualHost), { everyMs: READY_POLL_MS, signal }),
    readyTimeoutMs: READY_MS_MAX,
    restart: STORE_RESTART,
    stopSignal: 'SIGTERM',
    // It takes 1.1 s. Asked in the first moments of its boot it would never end by itself, so no long wait.
    stopTimeoutMs: 5_000,
  });
  return {
    address,
    virtualHost,
    account: { user: 'guest', password: 'guest' },
    control: controlOf(programs, folder, ports.distribution),
    process: child,
  };
}

function controlOf(
  { erlCall }: StorePrograms['rabbitmq'],
  folder: string,
  distributionPort: number,
): RabbitmqControl | undefined {
  if (erlCall === undefined) return undefined;
  return {
    program: erlCall,
    home: join(folder, 'user'),
    address: { host: '127.0.0.1', port: distributionPort },
  };
}

async function writeNodeFolder(folder: string, virtualHost: string): Promise<void> {
  for (const name of ['user', 'data', 'log', 'generated', 'schema']) {
    await mkdir(join(folder, name), { recursive: true });
  }
  for (const [name, text] of Object.entries(rabbitmqFiles(virtualHost))) {
    await writeFile(join(folder, name), text);
  }
  const cookie = randomBytes(20).toString('hex');
  await writeFile(join(folder, 'user', '.erlang.cookie'), cookie, { mode: 0o400 });
}

/** Erlang's name directory, on loopback only and ours: the one that Erlang starts by itself outlives everybody. */
async function startEpmd(context: StoreContext, program: string, port: number): Promise<void> {
  await context.supervisor.start({
    name: 'epmd',
    command: program,
    args: ['-address', '127.0.0.1', '-port', String(port)],
    env: storeEnvironment([]),
    workFolder: context.dataFolder,
    logFile: join(context.logFolder, 'epmd.log'),
    ready: (signal) =>
      pollUntil(() => acceptsConnections('127.0.0.1', port), { everyMs: READY_POLL_MS, signal }),
    readyTimeoutMs: READY_MS_MAX,
    restart: STORE_RESTART,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 2_000,
  });
}

async function opensVirtualHost(address: Address, virtualHost: string): Promise<boolean> {
  const target = { hostname: address.host, port: address.port, vhost: virtualHost, heartbeat: 0 };
  const model = await connect(target, { timeout: PROBE_MS_MAX });
  model.on('error', () => undefined);
  await model.close();
  return true;
}
