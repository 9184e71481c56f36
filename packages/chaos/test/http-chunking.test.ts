import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { MessageReader } from '@stormcart/core';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type HttpRig, openHttpRig } from './http-rig.ts';
import { openClient, readBytes } from './socket-rig.ts';

/** One request, the answer that the server has ready for it, and how each is cut into writes. */
interface Turn {
  readonly path: string;
  readonly request: string;
  readonly answer: string;
  readonly sizes: readonly number[];
}

/** What the server has ready for the present connection, and what has reached it. */
let script: Turn[] = [];
let received = '';
let rig: HttpRig;

beforeAll(async () => {
  rig = await openHttpRig(
    createServer({ noDelay: true }, (socket) => serve(socket.on('error', () => undefined))),
  );
  rig.add('abort', { route: '/aborted' }, { name: 'abort' });
  rig.add('wrong_body', { route: '/wrong', body: 'instead' }, { name: 'wrong' });
});
afterAll(() => rig.close());

/** Answers in order, each answer in its own pieces. */
function serve(socket: Socket): void {
  let turn = Promise.resolve();
  const reader = new MessageReader('request', {
    onHead: ({ target }) => {
      turn = turn.then(async () => {
        const next = script.find(({ path }) => path === target);
        script = script.filter((each) => each !== next);
        if (next !== undefined) await writeCut(socket, next.answer, next.sizes);
      });
    },
    onEnd: () => undefined,
  });
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
    reader.push(chunk);
  });
}

async function writeCut(socket: Socket, text: string, sizes: readonly number[]): Promise<void> {
  const bytes = Buffer.from(text, 'latin1');
  let start = 0;
  for (let index = 0; start < bytes.length; index += 1) {
    const size = sizes[index % sizes.length] ?? bytes.length;
    socket.write(bytes.subarray(start, start + size));
    start += size;
    // The other side reads what there is so far: most writes become reads of their own.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A turn that no fault befalls goes on byte for byte. */
const isPlain = ({ path }: Turn): boolean => path !== '/aborted' && path !== '/wrong';

const aborted =
  'HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 24\r\n\r\n503 Service Unavailable\n';
const replaced = 'HTTP/1.1 200 OK\r\nX-Kept: yes\r\nContent-Length: 7\r\n\r\ninstead';

function turns(): fc.Arbitrary<readonly Turn[]> {
  const data = fc.stringMatching(/^[\r\n0-9a-z]{1,60}$/);
  const chunks = fc
    .array(fc.tuple(data, fc.constantFrom('', ';a=b', ' ; q="x"')), { maxLength: 4 })
    .map((parts) =>
      parts.map(([text, extra]) => `${text.length.toString(16)}${extra}\r\n${text}\r\n`).join(''),
    );
  const body = fc.oneof(
    chunks.map((text) => `Transfer-Encoding: chunked\r\n\r\n${text}0\r\nT: x\r\n\r\n`),
    data.map((text) => `Content-Length: ${text.length}\r\n\r\n${text}`),
    fc.constant('Content-Length: 0\r\n\r\n'),
  );
  const sizes = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 6 });
  const path = fc.constantFrom('/aborted', '/wrong', '/plain');
  const turn = fc.tuple(path, body, body, sizes);
  return fc.array(turn, { minLength: 1, maxLength: 4 }).map((all) =>
    all.map(([kind, asked, answered, cuts], index): Turn => {
      const isNumbered = kind === '/plain';
      const own = isNumbered ? `${kind}/${index}` : kind;
      return {
        path: own,
        request: `POST ${own} HTTP/1.1\r\nHost:  h\r\nx-CASE: \t y\r\n${asked}`,
        answer: `HTTP/1.1 200 OK\r\nX-Kept: yes\r\n${answered}`,
        sizes: cuts,
      };
    }),
  );
}

it('gives the same bytes to both sides however they are cut, faults on some requests included', async () => {
  await fc.assert(
    fc.asyncProperty(
      turns(),
      fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }),
      async (all, cuts) => {
        script = [...all];
        received = '';
        const told = all.map((turn) => {
          if (turn.path === '/aborted') return aborted;
          return isPlain(turn) ? turn.answer : replaced;
        });
        const socket = await openClient(rig.proxy.listen);
        const answers = readBytes(socket, told.join('').length);
        await writeCut(socket, all.map(({ request }) => request).join(''), cuts);
        expect((await answers).toString('latin1')).toBe(told.join(''));
        const delivered = all.filter(({ path }) => path !== '/aborted').map(({ request }) => request);
        // The server answers at once: the end of a request may still be on its way.
        await expect.poll(() => received, { interval: 1 }).toBe(delivered.join(''));
        socket.destroy();
        await once(socket, 'close');
      },
    ),
    // A run takes some 5 ms.
    { numRuns: 150 },
  );
});
