import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { rawBackend } from './raw-backend.ts';
import {
  askRaw,
  listenOn,
  rawClient,
  startBackend,
  startRig,
  type TestBackend,
  until,
  untilInRotation,
} from './rig.ts';
import { closeAfterEach } from './scope.ts';

const { keep, rigOn } = closeAfterEach();
const kept: typeof rawBackend = async (onRequest) => keep(await rawBackend(onRequest));

async function named(name: string): Promise<TestBackend> {
  return keep(
    await startBackend((incoming, outgoing) => {
      incoming.resume().on('end', () => outgoing.end(name));
    }),
  );
}

const head = 'HTTP/1.1\r\nHost: shop\r\n';
const get = (path = '/'): string => `GET ${path} ${head}Connection: close\r\n\r\n`;
const post = `POST / ${head}Content-Length: 2\r\nConnection: close\r\n\r\nhi`;
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

it('answers 503 with Retry-After while no back end is in rotation, and serves once one is', async () => {
  const backend = await named('late');
  await backend.close();
  const rig = await startRig([backend.port]);
  keep(rig.balancer);
  const answer = await askRaw(rig.port, get());
  expect(answer).toMatch(/^HTTP\/1\.1 503 [^]*Retry-After: 1\r\n[^]*urn:stormcart:problem:no-backend/);
  const again = await startBackend((_, outgoing) => outgoing.end('back'), backend.port);
  keep(again);
  await untilInRotation(rig.balancer, 1);
  expect(await askRaw(rig.port, get())).toMatch(/\r\n\r\nback$/);
});

it('tries a refused request on another back end, ejects the refusing one and takes it back later', async () => {
  const [first, second] = [await named('first'), await named('second')];
  // Probes are rare here, so that the refusal itself is what is seen.
  const rig = await rigOn([first.port, second.port], {
    health: { everyMs: 400, fallCount: 100 },
    ejectionMs: 300,
    timeouts: { upstreamIdleMs: 1 },
  });
  await first.close();
  const answers = await Promise.all(Array.from({ length: 6 }, () => askRaw(rig.port, post)));
  for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*second$/);
  const lines = await rig.linesOf(6);
  expect(lines.some((line) => line.retryCount === 1)).toBe(true);
  expect(lines.every((line) => line.backend === 'shop/2' && line.failure === null)).toBe(true);
  expect(rig.balancer.backends()[0]).toMatchObject({ state: 'ejected', isInRotation: false });
  keep(await startBackend((_, outgoing) => outgoing.end('returned'), first.port));
  await untilInRotation(rig.balancer, 2);
  const later = await Promise.all(Array.from({ length: 4 }, () => askRaw(rig.port, get())));
  expect(later.filter((answer) => answer.endsWith('returned')).length).toBe(2);
});

it('takes a back end out after failed probes and brings it back after good ones', async () => {
  let isWell = true;
  const server = await kept(() => undefined);
  await server.close();
  const sick = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => socket.end(`HTTP/1.1 ${isWell ? 200 : 503} Some\r\nContent-Length: 0\r\n\r\n`));
  });
  const port = await listenOn(sick, server.port);
  keep({ close: () => new Promise((resolve) => void sick.close(() => resolve())) });
  const rig = await rigOn([port]);
  isWell = false;
  await untilInRotation(rig.balancer, 0);
  expect(rig.balancer.backends()[0]).toMatchObject({ state: 'down', probeReason: 'answered 503' });
  isWell = true;
  await untilInRotation(rig.balancer, 1);
});

it('repeats an idempotent request, body and all, when a kept connection turns out closed', async () => {
  const backend = await kept((socket, _text, count) => {
    if (count === 2) socket.destroy();
    else socket.write(OK);
  });
  const rig = await rigOn([backend.port]);
  const put = `PUT /a ${head}Content-Length: 2\r\nConnection: close\r\n\r\nhi`;
  expect(await askRaw(rig.port, put)).toMatch(/^HTTP\/1\.1 200 /);
  expect(await askRaw(rig.port, put)).toMatch(/^HTTP\/1\.1 200 /);
  expect(backend.requests.length).toBe(3);
  expect(backend.requests[2]).toBe(backend.requests[1]);
  expect((await rig.linesOf(2))[1]?.retryCount).toBe(1);
});

it('never repeats a POST that may have been done: 502', async () => {
  const backend = await kept((socket, _text, count) => {
    if (count === 2) socket.destroy();
    else socket.write(OK);
  });
  const rig = await rigOn([backend.port]);
  expect(await askRaw(rig.port, post)).toMatch(/^HTTP\/1\.1 200 /);
  expect(await askRaw(rig.port, post)).toMatch(/^HTTP\/1\.1 502 /);
  expect(backend.requests.length).toBe(2);
});

it('ejects a back end that closes fresh connections unanswered, and moves what may be done twice', async () => {
  const broken = await kept((socket) => socket.destroy());
  const well = await named('well');
  const rig = await rigOn([broken.port, well.port], { ejectionMs: 600_000 });
  expect(await askRaw(rig.port, get())).toMatch(/^HTTP\/1\.1 200 [^]*well$/);
  expect(rig.balancer.backends()[0]).toMatchObject({ state: 'ejected', refusalCount: 0, failureCount: 1 });
  expect((await rig.linesOf(1))[0]).toMatchObject({ backend: 'shop/2', retryCount: 1 });
});

it('does not move a POST from a back end that closed unanswered, but ejects that one', async () => {
  const broken = await kept((socket) => socket.destroy());
  const well = await named('well');
  const rig = await rigOn([broken.port, well.port], { ejectionMs: 600_000 });
  expect(await askRaw(rig.port, post)).toMatch(/^HTTP\/1\.1 502 /);
  expect(await askRaw(rig.port, post)).toMatch(/^HTTP\/1\.1 200 [^]*well$/);
  expect(broken.requests.length).toBe(1);
  expect(rig.balancer.backends()[0]?.failureCount).toBe(1);
});

it('keeps the last back end in rotation although it closed a connection unanswered', async () => {
  const backend = await kept((socket, _text, count) => {
    if (count === 1) socket.destroy();
    else socket.write(OK);
  });
  const rig = await rigOn([backend.port]);
  expect(await askRaw(rig.port, get())).toMatch(/^HTTP\/1\.1 502 /);
  expect(await askRaw(rig.port, get())).toMatch(/^HTTP\/1\.1 200 /);
  expect(backend.requests.length).toBe(2);
});

it.each([
  ['a counted body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'],
  ['a chunked body', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
])("closes the client's connection when a back end dies inside %s", async (_name, part) => {
  const backend = await kept((socket) => {
    socket.write(part, () => socket.resetAndDestroy());
  });
  const rig = await rigOn([backend.port]);
  const client = rawClient(rig.port);
  client.write(`GET / ${head}\r\n`);
  await client.ended;
  expect(client.text()).not.toContain('\r\n0\r\n\r\n');
  const [line] = await rig.linesOf(1);
  expect(line?.failure).toContain('cut off');
  expect(rig.balancer.backends()[0]).toMatchObject({ failureCount: 1, inFlightCount: 0 });
});

it('resets an HTTP/1.0 client whose answer is cut off, since its end would look complete', async () => {
  const backend = await kept((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n');
    setTimeout(() => socket.resetAndDestroy(), 50);
  });
  const rig = await rigOn([backend.port]);
  const client = rawClient(rig.port);
  client.write('GET / HTTP/1.0\r\n\r\n');
  expect(await client.ended).toBe('ECONNRESET');
});

it('answers 504 when a back end does not answer in time, and 502 when it answers nonsense', async () => {
  const backend = await kept((socket, text) => {
    if (text.startsWith('GET /nonsense')) socket.write('nonsense\r\n\r\n');
  });
  const rig = await rigOn([backend.port], { timeouts: { responseMs: 200 } });
  expect(await askRaw(rig.port, get('/frozen'))).toMatch(/^HTTP\/1\.1 504 /);
  expect(await askRaw(rig.port, get('/nonsense'))).toMatch(/^HTTP\/1\.1 502 /);
  expect(rig.balancer.backends()[0]?.inFlightCount).toBe(0);
});

it('does not let bytes behind an answer become the answer to the next request', async () => {
  const backend = await kept((socket) => {
    socket.write(`${OK}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison`);
  });
  const rig = await rigOn([backend.port]);
  for (let count = 0; count < 3; count += 1) {
    const answer = await askRaw(rig.port, get());
    expect(answer).toMatch(/\r\n\r\nok$/);
  }
});

it('answers before a body has come, and closes so that the rest cannot be taken for a request', async () => {
  const backend = await kept((socket) => {
    socket.write('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n');
  });
  const rig = await rigOn([backend.port]);
  const client = rawClient(rig.port);
  client.write(`POST / ${head}Content-Length: 1000\r\n\r\nonly this`);
  expect(await client.ended).toBe('end');
  expect(client.text()).toMatch(/^HTTP\/1\.1 401 [^]*Connection: close\r\n/);
});

it('answers 408 to a head and to a body that stop coming, and drops an idle connection silently', async () => {
  const backend = await named('shop');
  const rig = await rigOn([backend.port], { timeouts: { headMs: 100, stallMs: 100, idleMs: 100 } });
  for (const [text, pattern] of [
    ['GET / HTT', /^HTTP\/1\.1 408 /],
    [`POST / ${head}Content-Length: 5\r\n\r\nhe`, /^HTTP\/1\.1 408 /],
    ['', /^$/],
  ] as const) {
    const client = rawClient(rig.port);
    client.write(text);
    expect(await client.ended).toBe('end');
    client.socket.destroy();
    expect(client.text()).toMatch(pattern);
  }
});

it('lets go of the back end when the client goes away', async () => {
  const backend = await kept(() => undefined);
  const rig = await rigOn([backend.port]);
  const client = rawClient(rig.port);
  client.write(get());
  await until(() => backend.requests.length === 1);
  client.socket.resetAndDestroy();
  const [line] = await rig.linesOf(1);
  expect(line).toMatchObject({ status: null, failure: 'the client closed the connection' });
  expect(rig.balancer.backends()[0]?.inFlightCount).toBe(0);
});
