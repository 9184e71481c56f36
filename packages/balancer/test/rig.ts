import { createServer, type RequestListener, type Server } from 'node:http';
import { connect, type Server as NetServer, type Socket } from 'node:net';
import {
  type AccessLine,
  type AlgorithmName,
  type Balancer,
  type BalancerConfigInput,
  createBalancer,
} from '@stormcart/balancer';

/** A back end on a real socket. */
export interface TestBackend {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves with node:http; `/readyz` answers 200 by itself. */
export async function startBackend(listener: RequestListener, port = 0): Promise<TestBackend> {
  const server = createServer((request, response) => {
    if (request.url === '/readyz') response.end('ready');
    else listener(request, response);
  });
  return { port: await listenOn(server, port), close: () => closeHttp(server) };
}

export async function listenOn(server: NetServer, port = 0): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return address.port;
}

async function closeHttp(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

/** A balancer in front of these back ends, and the access lines it wrote. */
export interface Rig {
  readonly balancer: Balancer;
  readonly port: number;
  readonly lines: AccessLine[];
  /** Waits until so many lines are there: a line is written after its answer. */
  linesOf(count: number): Promise<readonly AccessLine[]>;
}

/** Everything but the one pool, of which only these are left to say. */
type RigOptions = Omit<Partial<BalancerConfigInput>, 'pools'> & {
  readonly algorithm?: AlgorithmName;
  readonly waitMs?: number;
};

export async function startRig(
  ports: readonly number[],
  { algorithm, waitMs, ...options }: RigOptions = {},
): Promise<Rig> {
  const lines: AccessLine[] = [];
  const backends = ports.map((port, index) => ({ name: `shop/${index + 1}`, port }));
  const balancer = await createBalancer({
    config: {
      listen: { port: 0 },
      health: { everyMs: 50, timeoutMs: 500 },
      ...options,
      pools: [
        {
          name: 'shop',
          prefixes: ['/'],
          backends,
          ...(algorithm && { algorithm }),
          ...(waitMs && { waitMs }),
        },
      ],
    },
    logSink: (text) => {
      for (const line of text.trimEnd().split('\n')) lines.push(JSON.parse(line) as AccessLine);
      return Promise.resolve();
    },
  });
  return {
    balancer,
    port: balancer.address.port,
    lines,
    linesOf: async (count) => {
      await until(() => lines.length >= count);
      return lines;
    },
  };
}

/** Waits until so many back ends are in rotation. */
export async function untilInRotation(balancer: Balancer, count: number): Promise<void> {
  await until(() => balancer.backends().filter((backend) => backend.isInRotation).length === count);
}

/** Generous: the machine may be busy with other things. */
const UNTIL_MS_MAX = 15_000;

export async function until(isTrue: () => boolean): Promise<void> {
  const giveUpMs = Date.now() + UNTIL_MS_MAX;
  while (!isTrue()) {
    if (Date.now() > giveUpMs) throw new Error(`waited ${UNTIL_MS_MAX} ms in vain`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Waits until a number has begun to grow and has not moved for 300 ms. */
export async function untilStill(value: () => number): Promise<void> {
  let last = 0;
  let sinceMs = Date.now();
  await until(() => {
    if (value() !== last) [last, sinceMs] = [value(), Date.now()];
    return last > 0 && Date.now() - sinceMs >= 300;
  });
}

/** A client that writes and reads bytes as they are. */
export interface RawClient {
  readonly socket: Socket;
  /** Everything received so far, Latin-1. */
  text(): string;
  write(text: string): void;
  /** How the connection ended: `end` for FIN, else the error's code. */
  readonly ended: Promise<string>;
}

export function rawClient(port: number): RawClient {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
  });
  const ended = new Promise<string>((resolve) => {
    socket.once('end', () => resolve('end'));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
  return { socket, text: () => received, write: (text) => void socket.write(text, 'latin1'), ended };
}

/** Sends one text, ends the sending side, and resolves with all that came back before the close. */
export async function askRaw(port: number, text: string): Promise<string> {
  const client = rawClient(port);
  client.write(text);
  await client.ended;
  client.socket.destroy();
  return client.text();
}
