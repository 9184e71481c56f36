import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { Agent } from 'node:https';
import { type AddressInfo, connect as connectTcp, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import {
  type AccessLine,
  type Balancer,
  type BalancerConfigInput,
  createBalancer,
} from '@stormcart/balancer';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import {
  type FrontCertificate,
  prepareFrontCertificate,
} from '../../src/boot/certificate/front-certificate.ts';
import { askFront } from './front-client.ts';

/** A back end that says what it was asked, in front of it the balancer with a certificate as the shop has it. */
interface Front {
  readonly balancer: Balancer;
  readonly port: number;
  readonly lines: readonly AccessLine[];
  readonly system: {
    readonly entryUrl: string;
    readonly certificateAuthority: FrontCertificate['authority'];
  };
}

const BODY_BYTES_MAX = 1024 * 1024;
const opened: { close(): Promise<void> }[] = [];
let folder = '';
let certificate: FrontCertificate;
let backend: Server;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormcart-front-'));
  certificate = await prepareFrontCertificate(folder, folder, Date.now());
  backend = createServer((request, response) => {
    response.setHeader('Server', 'secret/1.0');
    if (request.url === '/echo') request.pipe(response);
    else if (request.url === '/cut') response.write('the beginning', () => response.destroy());
    else request.resume().once('end', () => response.end(JSON.stringify({ headers: request.headers })));
  });
  await once(backend.listen(0, '127.0.0.1'), 'listening');
});
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
});
afterAll(async () => {
  backend.closeAllConnections();
  backend.close();
  await rm(folder, { recursive: true, force: true });
});

async function openFront(options: Partial<BalancerConfigInput> = {}): Promise<Front> {
  const lines: AccessLine[] = [];
  const { port: backendPort } = backend.address() as AddressInfo;
  const balancer = await createBalancer({
    config: {
      listen: { port: 0 },
      admin: { port: 0 },
      health: 'off',
      tls: { certificateFile: certificate.certificateFile, keyFile: certificate.keyFile },
      answers: { fields: { 'X-Content-Type-Options': 'nosniff' }, withheld: ['Server'] },
      ...options,
      pools: [{ name: 'shop', prefixes: ['/'], backends: [{ name: 'shop/1', port: backendPort }] }],
    },
    logSink: async (text) => {
      for (const line of text.trimEnd().split('\n')) lines.push(JSON.parse(line) as AccessLine);
    },
  });
  opened.push(balancer);
  const { port } = balancer.address;
  const system = { entryUrl: `https://127.0.0.1:${port}`, certificateAuthority: certificate.authority };
  return { balancer, port, lines, system };
}

/** How a handshake with these options ends: what was agreed on, or the error's code. */
async function shakeHands(port: number, options: ConnectionOptions): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', ca: certificate.authority.certificate, ...options });
  try {
    // With TLS 1.3 a server may refuse after the client has finished: its first words tell.
    await once(socket, 'secureConnect');
    return `${socket.getProtocol()} ${socket.getCipher().name}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  } finally {
    socket.destroy();
  }
}

async function ended(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  socket.on('error', () => undefined);
  await once(socket, 'close');
  return text;
}

async function metric(front: Front, name: string): Promise<number> {
  const { host = '', port = 0 } = front.balancer.adminAddress ?? {};
  const text = await (await fetch(`http://${host}:${port}/metrics`)).text();
  return Number(new RegExp(`^stormcart_balancer_${name} (\\d+)$`, 'm').exec(text)?.[1]);
}

// Security level 0 lets the client offer what no client should: it is the server that must refuse.
const weak = (ciphers: string): ConnectionOptions => ({
  maxVersion: 'TLSv1.2',
  ciphers: `${ciphers}@SECLEVEL=0`,
});
const REFUSED =
  /^ERR_SSL_(?:TLSV1_ALERT_PROTOCOL_VERSION|SSL\/TLS_ALERT_HANDSHAKE_FAILURE|SSLV3_ALERT_HANDSHAKE_FAILURE)$/;

it.each<[string, ConnectionOptions, RegExp]>([
  ['TLS 1.3', { minVersion: 'TLSv1.3' }, /^TLSv1\.3 TLS_/],
  ['TLS 1.3 with AES-256 alone', { ciphers: 'TLS_AES_256_GCM_SHA384' }, /^TLSv1\.3 TLS_AES_256_GCM_SHA384$/],
  ['TLS 1.3 with ChaCha20 alone', { ciphers: 'TLS_CHACHA20_POLY1305_SHA256' }, /^TLSv1\.3 TLS_CHACHA20/],
  ['TLS 1.2', { maxVersion: 'TLSv1.2' }, /^TLSv1\.2 ECDHE-ECDSA-AES128-GCM-SHA256$/],
  [
    'TLS 1.2 with ChaCha20',
    weak('ECDHE-ECDSA-CHACHA20-POLY1305'),
    /^TLSv1\.2 ECDHE-ECDSA-CHACHA20-POLY1305$/,
  ],
  ['TLS 1.1', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' }, REFUSED],
  ['TLS 1.0', { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'ALL@SECLEVEL=0' }, REFUSED],
  ['CBC', weak('ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA'), REFUSED],
  ['CCM', weak('ECDHE-ECDSA-AES128-CCM8'), REFUSED],
  ['no forward secrecy', weak('AES128-GCM-SHA256:AES128-SHA:AES256-SHA'), REFUSED],
  ['finite-field key exchange', weak('DHE-RSA-AES128-GCM-SHA256'), REFUSED],
  ['no encryption', weak('eNULL'), REFUSED],
  ['no authentication', weak('aNULL'), REFUSED],
  ['HTTP/2 alone', { ALPNProtocols: ['h2'] }, /^ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL$/],
  ['a choice of HTTP', { ALPNProtocols: ['h2', 'http/1.1'] }, /^TLSv1\.3 /],
  ['the name localhost', { host: 'localhost', servername: 'localhost' }, /^TLSv1\.3 /],
  ['another name', { servername: 'shop.example' }, /^ERR_TLS_CERT_ALTNAME_INVALID$/],
  [
    'only the usual authorities',
    { ca: undefined },
    /^(?:UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT_LOCALLY)$/,
  ],
])('answers a client that offers or expects %s as it should', async (_what, options, expected) => {
  const front = await openFront({ listen: { host: options.host ?? '127.0.0.1', port: 0 } });
  expect(await shakeHands(front.port, options)).toMatch(expected);
});

it('serves many requests on one connection, and tells the back end that they came by HTTPS', async () => {
  const front = await openFront();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let index = 0; index < 20; index += 1) {
    const answer = await askFront(front.system, 'GET', '/', { agent });
    expect(JSON.parse(answer.text)).toMatchObject({ headers: { 'x-forwarded-proto': 'https' } });
    expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff' });
    expect(answer.headers).not.toHaveProperty('server');
  }
  agent.destroy();
  expect(await metric(front, 'tls_handshakes_total')).toBe(1);
});

it('resumes a session with its ticket', async () => {
  const front = await openFront();
  const options = { port: front.port, host: '127.0.0.1', ca: certificate.authority.certificate };
  const first = connect(options);
  const [session] = (await once(first, 'session')) as [Buffer];
  first.destroy();
  const second = connect({ ...options, session });
  await once(second, 'secureConnect');
  expect(second.isSessionReused()).toBe(true);
  second.destroy();
});

it('carries large bodies both ways unharmed, and refuses too large ones', async () => {
  const front = await openFront();
  const body = Buffer.alloc(BODY_BYTES_MAX, 'stormcart ');
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => askFront(front.system, 'POST', '/echo', { body })),
  );
  for (const { status, text } of answers) expect([status, text === body.toString()]).toEqual([200, true]);
  const tooLarge = await askFront(front.system, 'POST', '/echo', { body: Buffer.alloc(BODY_BYTES_MAX + 1) });
  expect(tooLarge).toMatchObject({ status: 413, headers: { 'x-content-type-options': 'nosniff' } });
});

it('shows an HTTP/1.0 client that its answer was cut off', async () => {
  const front = await openFront();
  const client = await secureClient(front);
  client.write('GET /cut HTTP/1.0\r\n\r\n');
  const failure = new Promise((resolve) =>
    client.once('error', (error: NodeJS.ErrnoException) => resolve(error.code)),
  );
  client.resume();
  expect(await failure).toBe('ECONNRESET');
});

it('tells who speaks HTTP to it in the clear, and closes', async () => {
  const front = await openFront();
  const client = connectTcp(front.port, '127.0.0.1');
  client.write('GET /api/product?id=17 HTTP/1.1\r\nHost: shop\r\n\r\n');
  const text = await ended(client);
  expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/problem\+json\r\n/);
  expect(text).toContain('this port speaks HTTPS only');
});

it('closes on bytes that are neither, and on a broken handshake', async () => {
  const front = await openFront();
  for (const bytes of [
    Buffer.alloc(64, 0),
    Buffer.from([0x16, 3, 1, 0, 5, 1, 2, 3, 4, 5]),
    Buffer.from([0x80, 0x2e]),
  ]) {
    const client = connectTcp(front.port, '127.0.0.1');
    client.write(bytes);
    expect(await ended(client)).not.toContain('HTTP');
  }
  expect(await metric(front, 'tls_handshake_failures_total')).toBe(3);
  expect((await askFront(front.system, 'GET', '/')).status).toBe(200);
});

it('drops whoever never begins or never finishes the handshake', async () => {
  const front = await openFront({ timeouts: { handshakeMs: 200 } });
  const silent = connectTcp(front.port, '127.0.0.1');
  const halfway = connectTcp(front.port, '127.0.0.1');
  // The beginning of a ClientHello whose record announces more.
  halfway.write(Buffer.from([0x16, 3, 1, 2, 0, 1, 0]));
  await Promise.all([ended(silent), ended(halfway)]);
  expect(await metric(front, 'tls_handshake_failures_total')).toBe(2);
});

it('bounds how many handshakes are under way, and serves on', async () => {
  const front = await openFront({ limits: { handshakesMax: 5 }, timeouts: { handshakeMs: 1_000 } });
  const client = await secureClient(front);
  const idle = Array.from({ length: 20 }, () => connectTcp(front.port, '127.0.0.1'));
  const closed = idle.map(ended);
  await expect.poll(() => metric(front, 'tls_handshake_refusals_total')).toBe(15);
  client.write('GET / HTTP/1.1\r\nHost: shop\r\n\r\n');
  expect(String((await once(client, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 /);
  client.destroy();
  await Promise.all(closed);
  expect((await askFront(front.system, 'GET', '/')).status).toBe(200);
});

it('does not renegotiate', async () => {
  const front = await openFront();
  const client = await secureClient(front, { maxVersion: 'TLSv1.2' });
  const outcome = new Promise<string>((resolve) => {
    client.once('close', () => resolve('closed'));
    client.on('error', () => resolve('refused'));
    client.renegotiate({}, (error) => resolve(error === null ? 'renegotiated' : 'refused'));
  });
  expect(await outcome).not.toBe('renegotiated');
  client.destroy();
  expect((await askFront(front.system, 'GET', '/')).status).toBe(200);
});

it('finishes what is under way when it closes, and drops handshakes', async () => {
  const front = await openFront();
  const [client, pending] = [await secureClient(front), connectTcp(front.port, '127.0.0.1')];
  await once(pending, 'connect');
  const [ends, drops] = [ended(client), ended(pending)];
  await front.balancer.close();
  await Promise.all([ends, drops]);
});

it('does not start with a key that is not the certificate’s', async () => {
  const other = await prepareFrontCertificate(folder, join(folder, 'other'), Date.now());
  const tls = { certificateFile: certificate.certificateFile, keyFile: other.keyFile };
  await expect(openFront({ tls })).rejects.toMatchObject({ kind: 'usage', code: 'BAD_CERTIFICATE' });
  expect(await readFile(other.keyFile, 'utf8')).toContain('PRIVATE KEY');
});

async function secureClient(front: Front, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const { authority } = certificate;
  const client = connect({ port: front.port, host: '127.0.0.1', ca: authority.certificate, ...options });
  await once(client, 'secureConnect');
  return client;
}
