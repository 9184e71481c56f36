import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { expect, it } from 'vitest';
import type { startRig } from './rig.ts';
import { askRaw, type Rig, rawClient, startBackend, type TestBackend, until } from './rig.ts';
import { closeAfterEach } from './scope.ts';

const { keep, rigOn } = closeAfterEach();

async function rigWith(
  backends: readonly TestBackend[],
  options?: Parameters<typeof startRig>[1],
): Promise<Rig> {
  for (const backend of backends) keep(backend);
  return rigOn(
    backends.map(({ port }) => port),
    options,
  );
}

/** Answers with what it received. */
const echo = (): Promise<TestBackend> =>
  startBackend((incoming, outgoing) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      const body = Buffer.concat(parts).toString();
      const { method, url, headers } = incoming;
      outgoing.end(JSON.stringify({ method, url, headers, body }));
    });
  });

interface Echoed {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const asEchoed = async (response: Response): Promise<Echoed> => (await response.json()) as Echoed;

it('passes requests and answers through, sets the forwarding fields and logs one line each', async () => {
  const rig = await rigWith([await echo()]);
  const url = `http://127.0.0.1:${rig.port}/api/x?secret=1`;
  const response = await fetch(url, { method: 'PUT', body: 'hello', headers: { 'X-Request-Id': 'mine-1' } });
  const echoed = await asEchoed(response);
  expect(echoed).toMatchObject({ method: 'PUT', url: '/api/x?secret=1', body: 'hello' });
  expect(echoed.headers).toMatchObject({
    host: `127.0.0.1:${rig.port}`,
    'x-request-id': 'mine-1',
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'http',
    via: '1.1 stormcart',
  });
  expect(response.headers.get('x-request-id')).toBe('mine-1');
  const made = await fetch(url, { headers: { 'X-Request-Id': 'no good id' } });
  const madeId = made.headers.get('x-request-id');
  expect((await asEchoed(made)).headers['x-request-id']).toBe(madeId);
  expect(madeId).not.toBe('no good id');
  const [line] = await rig.linesOf(2);
  expect(line).toMatchObject({
    requestId: 'mine-1',
    client: '127.0.0.1',
    method: 'PUT',
    path: '/api/x',
    route: '/',
    pool: 'shop',
    backend: 'shop/1',
    status: 200,
    retryCount: 0,
    failure: null,
  });
  expect(JSON.stringify(rig.lines)).not.toContain('secret');
});

it('keeps both connections alive over many requests', async () => {
  const ports = new Set<number | undefined>();
  const backend = await startBackend((incoming, outgoing) => {
    ports.add(incoming.socket.remotePort);
    outgoing.end('ok');
  });
  const rig = await rigWith([backend]);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const clientPorts = new Set<number | undefined>();
  for (let count = 0; count < 20; count += 1) {
    await new Promise<void>((resolve, reject) => {
      const sent = request({ port: rig.port, agent, path: '/' }, (answer) => {
        clientPorts.add(answer.socket.localPort);
        answer.resume().on('end', resolve);
      });
      sent.on('error', reject).end();
    });
  }
  agent.destroy();
  expect([clientPorts.size, ports.size]).toEqual([1, 1]);
});

it('answers pipelined requests in order, one at a time', async () => {
  let underWay = 0;
  let underWayMax = 0;
  const backend = await startBackend((incoming, outgoing) => {
    underWay += 1;
    underWayMax = Math.max(underWayMax, underWay);
    incoming.resume().on('end', () => {
      setTimeout(
        () => {
          underWay -= 1;
          outgoing.end(incoming.url);
        },
        incoming.url === '/1' ? 50 : 1,
      );
    });
  });
  const rig = await rigWith([backend]);
  const head = 'HTTP/1.1\r\nHost: shop\r\n';
  const text = await askRaw(
    rig.port,
    `GET /1 ${head}\r\nPOST /2 ${head}Content-Length: 3\r\n\r\nabc` +
      `POST /3 ${head}Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\nGET /4 ${head}Connection: close\r\n\r\n`,
  );
  const order = ['/1', '/2', '/3', '/4'].map((path) => text.indexOf(`\r\n\r\n${path}`));
  expect(order.every((place) => place > 0)).toBe(true);
  expect(order.toSorted((left, right) => left - right)).toEqual(order);
  expect(underWayMax).toBe(1);
});

it('serves a client that ends its side after the request', async () => {
  const rig = await rigWith([await echo()]);
  const client = rawClient(rig.port);
  client.socket.end('GET /half HTTP/1.1\r\nHost: shop\r\n\r\n');
  expect(await client.ended).toBe('end');
  expect(client.text()).toContain('"url":"/half"');
});

it('carries chunked bodies both ways and frames them for HTTP/1.0 by the close', async () => {
  const backend = await startBackend((incoming, outgoing) => incoming.pipe(outgoing));
  const rig = await rigWith([backend]);
  const chunked =
    'Transfer-Encoding: chunked\r\nTrailer: X\r\n\r\n5;ext=1\r\nhello\r\n6\r\n world\r\n0\r\nX: y\r\n\r\n';
  const modern = await askRaw(rig.port, `POST / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n${chunked}`);
  expect(modern).toContain('Transfer-Encoding: chunked\r\n');
  expect(modern.endsWith('\r\n0\r\n\r\n')).toBe(true);
  const old = await askRaw(rig.port, 'POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello');
  expect(old).not.toContain('Transfer-Encoding');
  expect(old.endsWith('\r\n\r\nhello')).toBe(true);
});

it('answers HEAD with the length and without the body, and goes on with the next request', async () => {
  const backend = await startBackend((_, outgoing) => {
    outgoing.setHeader('Content-Length', 5);
    outgoing.end('hello');
  });
  const rig = await rigWith([backend]);
  const head = 'HTTP/1.1\r\nHost: shop\r\n';
  const text = await askRaw(rig.port, `HEAD / ${head}\r\nGET / ${head}Connection: close\r\n\r\n`);
  expect(text.split('Content-Length: 5').length).toBe(3);
  expect(text.split('hello').length).toBe(2);
  expect(text.endsWith('\r\n\r\nhello')).toBe(true);
});

it('passes 100 Continue on before the body is sent', async () => {
  const rig = await rigWith([await echo()]);
  const client = rawClient(rig.port);
  client.write(
    'POST / HTTP/1.1\r\nHost: shop\r\nExpect: 100-continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\n',
  );
  await until(() => client.text().includes('HTTP/1.1 100 Continue\r\n\r\n'));
  expect(client.text()).not.toContain('200 OK');
  client.write('hello');
  await client.ended;
  expect(client.text()).toContain('"body":"hello"');
});

it('ignores an upgrade, as a server may: the back end sees a plain request', async () => {
  const rig = await rigWith([await echo()]);
  const text = await askRaw(
    rig.port,
    'GET / HTTP/1.1\r\nHost: shop\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n',
  );
  expect(text).toMatch(/^HTTP\/1\.1 200 OK/);
  expect(text).not.toContain('"upgrade"');
});

it('accepts IPv6 literals as host, in the field and in the target', async () => {
  const rig = await rigWith([await echo()]);
  const plain = await askRaw(rig.port, 'GET /a HTTP/1.1\r\nHost: [::1]:8080\r\nConnection: close\r\n\r\n');
  expect(plain).toContain('"host":"[::1]:8080"');
  const absolute = await askRaw(
    rig.port,
    'GET http://[::1]/b HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n',
  );
  expect(absolute).toContain('"host":"[::1]"');
  expect(absolute).toContain('"url":"/b"');
});

it('listens on an IPv6 address and reaches a back end on one', async () => {
  const rig = await rigWith([await echo()], { listen: { host: '::1', port: 0 } });
  const response = await fetch(`http://[::1]:${rig.port}/six`);
  expect((await asEchoed(response)).headers['x-forwarded-for']).toBe('::1');
});

const host = 'Host: shop\r\n';

it.each([
  [
    'both lengths',
    `POST / HTTP/1.1\r\n${host}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  ['differing lengths', `POST / HTTP/1.1\r\n${host}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde`, 400],
  ['a disguised coding', `POST / HTTP/1.1\r\n${host}Transfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n`, 400],
  ['space before the colon', `POST / HTTP/1.1\r\n${host}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`, 400],
  ['a bare line feed', `GET / HTTP/1.1\r\n${host}A: b\nTransfer-Encoding: chunked\r\n\r\n`, 400],
  ['a folded field', `GET / HTTP/1.1\r\n${host}A: b\r\n c\r\n\r\n`, 400],
  ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['a malformed host', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n', 400],
  ['dot segments', `GET /a/%2e%2e/readyz HTTP/1.1\r\n${host}\r\n`, 400],
  ['a malformed chunk', `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400],
  ['a body beyond the limit', `POST / HTTP/1.1\r\n${host}Content-Length: 99999999\r\n\r\n`, 413],
  ['a header beyond the limit', `GET / HTTP/1.1\r\n${host}A: ${'x'.repeat(40_000)}\r\n\r\n`, 431],
  ['CONNECT', `CONNECT shop:443 HTTP/1.1\r\n${host}\r\n`, 501],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505],
])('refuses %s, closes, and tells the back end nothing complete', async (_name, text, status) => {
  let completed = 0;
  const backend = await startBackend((incoming, outgoing) => {
    incoming.resume().on('end', () => {
      completed += 1;
      outgoing.end();
    });
  });
  const rig = await rigWith([backend]);
  const answer = await askRaw(rig.port, `${text}GET /smuggled HTTP/1.1\r\n${host}\r\n`);
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^]*application/problem\\+json`));
  expect(answer.match(/HTTP\/1\.1 \d/g)?.length).toBe(1);
  expect(completed).toBe(0);
  const [line] = await rig.linesOf(1);
  expect(line?.status).toBe(status);
  expect(line?.failure).not.toBeNull();
});

it('stops a chunked body at the limit', async () => {
  const rig = await rigWith([await echo()], { limits: { bodyBytesMax: 1_000 } });
  const chunk = `1f4\r\n${'x'.repeat(500)}\r\n`;
  const answer = await askRaw(
    rig.port,
    `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(3)}0\r\n\r\n`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
});
