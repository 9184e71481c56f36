/**
 * CPU time per proxied request of this balancer next to a node:http pipe proxy, in one run:
 * `node packages/balancer/bench/cpu-per-request.ts [requests [certificate.pem key.pem]]`; with a certificate also over
 * TLS, keep-alive in each case, so that handshakes are no part of it. The load and the back end run in this
 * process; each proxy runs in a child, whose own CPU time (user and system) is what counts.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { Agent, createServer, request } from 'node:http';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { createBalancer } from '@stormcart/balancer';
import { MessageReader } from '@stormcart/core';

const CLIENTS = 32;
const WARM_UP_REQUESTS = 5_000;
const BODY = JSON.stringify({ id: 17, name: 'a product', priceCents: 1_999, available: 3 });

type Kind = 'balancer' | 'balancer over TLS' | 'pipe';

const [role, ...rest] = process.argv.slice(2);
if (role === 'balancer' || role === 'balancer over TLS' || role === 'pipe') await serveAs(role, rest);
else await measure(Number(role ?? 40_000), rest);

async function serveAs(kind: Kind, [backendPort, ...files]: readonly string[]): Promise<void> {
  const port = Number(backendPort);
  const front = kind === 'pipe' ? await startPipe(port) : await startBalancer(port, files);
  process.on('message', () => process.send?.(process.cpuUsage()));
  process.on('disconnect', () => process.exit(0));
  process.send?.(front);
}

async function startBalancer(port: number, files: readonly string[]): Promise<number> {
  const [certificateFile, keyFile] = files;
  const tls =
    certificateFile !== undefined && keyFile !== undefined ? { certificateFile, keyFile } : undefined;
  const pools = [{ name: 'shop', prefixes: ['/'], backends: [{ name: 'shop/1', port }] }];
  const config = { listen: { port: 0 }, health: 'off', pools, ...(tls && { tls }) } as const;
  return (await createBalancer({ config })).address.port;
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

async function measure(requestCount: number, files: readonly string[]): Promise<void> {
  const backend = createServer((_, outgoing) => {
    outgoing.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': BODY.length }).end(BODY);
  });
  const port = await listen(backend);
  const kinds: readonly Kind[] =
    files.length === 2 ? ['balancer', 'balancer over TLS', 'pipe'] : ['balancer', 'pipe'];
  for (const kind of [...kinds, ...kinds]) {
    const isSecure = kind === 'balancer over TLS';
    const child = fork(fileURLToPath(import.meta.url), [kind, String(port), ...(isSecure ? files : [])]);
    const front = await nextMessage<number>(child);
    await load(front, WARM_UP_REQUESTS, isSecure);
    const before = await cpuOf(child);
    await load(front, requestCount, isSecure);
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

async function load(port: number, count: number, isSecure: boolean): Promise<void> {
  let left = count;
  const oneClient = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const to = { port, host: '127.0.0.1', noDelay: true };
      // Whose certificate it is costs the client, and the client is not what is measured.
      const socket = isSecure ? connectTls({ ...to, rejectUnauthorized: false }) : connect(to);
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
      socket.once(isSecure ? 'secureConnect' : 'connect', ask);
    });
  await Promise.all(Array.from({ length: CLIENTS }, oneClient));
}
