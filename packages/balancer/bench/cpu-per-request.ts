/**
 * CPU time per proxied request of this balancer next to a node:http pipe proxy, in one run:
 * `node packages/balancer/bench/cpu-per-request.ts [requests]`. The load and the back end run in this
 * process; each proxy runs in a child, whose own CPU time (user and system) is what counts.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { Agent, createServer, request } from 'node:http';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createBalancer } from '@stormcart/balancer';
import { MessageReader } from '@stormcart/core';

const CLIENTS = 32;
const WARM_UP_REQUESTS = 5_000;
const BODY = JSON.stringify({ id: 17, name: 'a product', priceCents: 1_999, available: 3 });

const [role, backendPort] = process.argv.slice(2);
if (role === 'balancer' || role === 'pipe') await serveAs(role, Number(backendPort));
else await measure(Number(role ?? 40_000));

async function serveAs(kind: 'balancer' | 'pipe', port: number): Promise<void> {
  const front = kind === 'balancer' ? await startBalancer(port) : await startPipe(port);
  process.on('message', () => process.send?.(process.cpuUsage()));
  process.on('disconnect', () => process.exit(0));
  process.send?.(front);
}

async function startBalancer(port: number): Promise<number> {
  const pools = [{ name: 'shop', prefixes: ['/'], backends: [{ name: 'shop/1', port }] }];
  return (await createBalancer({ config: { listen: { port: 0 }, health: 'off', pools } })).address.port;
}

function startPipe(port: number): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const sent = request({ agent, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(sent);
  });
  return listen(server);
}

function listen(server: ReturnType<typeof createServer>): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

async function measure(requestCount: number): Promise<void> {
  const backend = createServer((_, outgoing) => {
    outgoing.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': BODY.length }).end(BODY);
  });
  const port = await listen(backend);
  for (const kind of ['balancer', 'pipe', 'balancer', 'pipe'] as const) {
    const child = fork(fileURLToPath(import.meta.url), [kind, String(port)]);
    const front = await nextMessage<number>(child);
    await load(front, WARM_UP_REQUESTS);
    const before = await cpuOf(child);
    await load(front, requestCount);
    const spentUs = (await cpuOf(child)) - before;
    process.stdout.write(`${kind}: ${(spentUs / requestCount).toFixed(1)} µs of CPU per request\n`);
    child.disconnect();
  }
  backend.close();
  backend.closeAllConnections();
}

function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve) => {
    child.once('message', (message) => resolve(message as Message));
  });
}

async function cpuOf(child: ChildProcess): Promise<number> {
  const answer = nextMessage<NodeJS.CpuUsage>(child);
  child.send('cpu');
  const { user, system } = await answer;
  return user + system;
}

async function load(port: number, count: number): Promise<void> {
  let left = count;
  const oneClient = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      const ask = (): void => {
        if (left <= 0) {
          socket.destroy();
          resolve();
          return;
        }
        left -= 1;
        reader.expectResponseTo('GET');
        socket.write('GET /api/product?id=17 HTTP/1.1\r\nHost: shop\r\nAccept: application/json\r\n\r\n');
      };
      const reader = new MessageReader('response', { onHead: () => {}, onBody: () => {}, onEnd: ask });
      socket.on('data', (chunk: Buffer) => reader.push(chunk));
      socket.once('error', reject);
      socket.once('connect', ask);
    });
  await Promise.all(Array.from({ length: CLIENTS }, oneClient));
}
