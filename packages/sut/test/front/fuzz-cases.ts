import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { RunningSystem } from '@stormcart/core';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CLERK_EMAIL, SEED_PASSWORD } from '../../src/schema/install-shop.ts';
import { scanLogs } from '../../src/world/secrets/scan-logs.ts';
import { SecretBook } from '../../src/world/secrets/secret-book.ts';
import { noteSecretsOf } from '../../src/world/secrets/watch-secrets.ts';
import { askFront, type FrontAnswer } from './front-client.ts';
import type { FrontRig } from './front-rig.ts';
import { type OddRequest, oddRequest } from './odd-requests.ts';

/** Requests at once: what a property's single case sends. */
const BATCH = 8;
/** Whatever the machine does meanwhile, the cases must not take longer than this. */
const FUZZ_MS_MAX = 12_000;

/** What is wrong with an answer; undefined when it is one that a client can work with. */
function faultOf({ status, headers, text }: FrontAnswer): string | undefined {
  if (headers['x-content-type-options'] !== 'nosniff' || headers['strict-transport-security'] === undefined) {
    return 'lacks the security headers';
  }
  if (headers['server'] !== undefined || headers['x-powered-by'] !== undefined) return 'says what it runs on';
  if (headers['cache-control'] !== 'no-store') return 'may be cached';
  if (status < 400) return undefined;
  // Shed on purpose, or too late by a deadline that the request itself set, is no failure of the shop.
  const isWanted = status === 503 || text.includes('urn:stormcart:problem:deadline-passed');
  if (status >= 500 && !isWanted) return `is a ${status}`;
  if (headers['content-type']?.toString().startsWith('application/problem+json') !== true)
    return 'is no problem';
  const problem = JSON.parse(text) as Record<string, unknown>;
  if (problem['status'] !== status || typeof problem['title'] !== 'string') return 'is no complete problem';
  return /\bat .+:\d+:\d+\b|node_modules|SQLSTATE|ER_[A-Z]+_/.test(text) ? 'tells of the inside' : undefined;
}

/** A line of a service that says it failed, of anybody's that shows where in the code, or that quotes a secret. */
const UNFIT = /"level":"(?:error|fatal)"|"stack":|\bat (?:\S.* \()?(?:file:\/\/|node:|\/)\S+:\d+:\d+|hush/;

/** What nobody in their right mind would send. Ends the shop, to see what it has logged. */
export function fuzzCases(rig: () => FrontRig): void {
  let running: RunningSystem;
  let pids: readonly (number | undefined)[];
  /** Everything secret that was sent or answered: none of it may stand in a log. */
  const book = new SecretBook();
  const agent = new Agent({ keepAlive: true, maxSockets: BATCH });

  beforeAll(() => {
    ({ running } = rig());
    pids = running.processes.map((one) => one.pid());
    book.note(SEED_PASSWORD, 'password');
  });
  afterAll(() => agent.destroy());

  const logIn = async (email: string): Promise<string> => {
    const token = await rig().logIn(email);
    book.note(token, 'session token');
    return token;
  };

  async function send({ method, path, headers, body, secret }: OddRequest): Promise<FrontAnswer> {
    book.note(secret, 'password');
    return askFront(running, method, path, { headers, agent, ...(body === undefined ? {} : { body }) });
  }

  it('answers whatever it is asked, with problem details when something is wrong with it', async () => {
    const tokens = { customer: await logIn('customer-2@example.test'), admin: await logIn(CLERK_EMAIL) };
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(oddRequest(tokens), { minLength: BATCH, maxLength: BATCH }),
        async (requests) => {
          const answers = await Promise.all(requests.map(send));
          for (const [index, answer] of answers.entries()) {
            statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
            const fault = faultOf(answer);
            if (fault !== undefined) {
              const { method, path, headers, body } = requests[index] ?? {};
              const sent = JSON.stringify({ method, path, headers, body: body?.toString() });
              throw new Error(`the answer to ${sent} ${fault}: ${answer.status} ${answer.text}`);
            }
            if (answer.status < 300 && answer.text !== '') noteSecretsOf(JSON.parse(answer.text), book);
          }
        },
      ),
      {
        numRuns: 600,
        interruptAfterTimeLimit: FUZZ_MS_MAX,
        markInterruptAsFailure: false,
        endOnFailure: true,
      },
    );
    // Had everything been refused at the door, nothing would have been tried.
    for (const status of [200, 400, 401, 404])
      expect(statuses.get(status), `status ${status}`).toBeGreaterThan(0);
    expect(running.processes.map((one) => one.pid())).toEqual(pids);
  });

  it.each([
    ['a compressed body', 'POST', { 'content-encoding': 'gzip', 'content-type': 'application/json' }, 400],
    ['a head larger than Node takes by itself', 'POST', { 'x-odd': 'x'.repeat(20_000) }, 401],
    ['a head larger than the front takes', 'GET', { 'x-odd': 'x'.repeat(40_000) }, 431],
  ])('answers %s with problem details', async (_what, method, headers, status) => {
    const answer = await askFront(running, method, '/api/orders', { headers, agent, body: 'no gzip' });
    expect([answer.status, faultOf(answer)]).toEqual([status, undefined]);
  });

  /** What comes back for these bytes until the connection ends, or for a while when it does not. */
  async function exchangeBytes(bytes: Buffer): Promise<string> {
    const { hostname, port } = new URL(running.entryUrl);
    const ca = running.certificateAuthority?.certificate;
    const client = connect({ host: hostname, port: Number(port), ca });
    await once(client, 'secureConnect');
    let text = '';
    client.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    client.on('error', () => undefined);
    const closed = once(client, 'close');
    client.end(bytes);
    await closed;
    return text;
  }

  it('answers bytes that are no proper HTTP with 4xx or 5xx of its own, or closes', async () => {
    const head = 'Host: shop\r\nConnection: close\r\n';
    const proper = `GET /api/product?id=17 HTTP/1.1\r\n${head}\r\n`;
    const cases = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc.tuple(fc.nat(proper.length - 1), fc.nat(255)).map(([place, byte]) => {
        const bytes = Buffer.from(proper);
        bytes[place] = byte;
        return bytes;
      }),
      fc
        .constantFrom(
          `GET /${'x'.repeat(70_000)} HTTP/1.1\r\n${head}\r\n`,
          `GET / HTTP/1.1\r\n${head}${'X-Odd: 1\r\n'.repeat(500)}\r\n`,
          `POST /api/orders HTTP/1.1\r\n${head}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`,
          `POST /api/orders HTTP/1.1\r\n${head}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
          `POST /api/orders HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n`,
          `GET /metrics HTTP/1.1\r\n${head}\r\n`,
          `GET /readyz HTTP/1.1\r\n${head}\r\n`,
          `GET /api/../metrics HTTP/1.1\r\n${head}\r\n`,
          `GET /api/product?id=17 HTTP/1.1\r\n${head}X-Odd: \u0000\u0001\r\n\r\n`,
          `TRACE /api/product HTTP/1.1\r\n${head}\r\n`,
          'GET /api/product?id=17 HTTP/9.9\r\n\r\n',
        )
        .map((text) => Buffer.from(text, 'latin1')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(cases, { minLength: BATCH, maxLength: BATCH }), async (texts) => {
        for (const answer of await Promise.all(texts.map(exchangeBytes))) {
          expect(answer).not.toMatch(/^HTTP\/1\.1 (?:500|502|504) /);
          expect(answer).toMatch(/^(?:HTTP\/1\.1 \d{3} |$)/);
          expect(answer).not.toContain('# TYPE');
        }
      }),
      {
        numRuns: 25,
        interruptAfterTimeLimit: FUZZ_MS_MAX / 2,
        markInterruptAsFailure: false,
        endOnFailure: true,
      },
    );
    expect(running.processes.map((one) => one.pid())).toEqual(pids);
    expect((await askFront(running, 'GET', '/api/product?id=17')).status).toBe(200);
  });

  it('leaves nothing in any log that does not belong there', async () => {
    const { logFolder } = rig().stage.context;
    // What the processes still hold back is written when they end.
    await rig().end();
    expect(book.kinds.size).toBeGreaterThan(1_000);
    const scan = await scanLogs(logFolder, book.kinds, AbortSignal.timeout(10_000));
    expect(scan.sightings).toEqual([]);
    expect(scan.bytes).toBeGreaterThan(100_000);
    // Whatever a client gets wrong is no failure of ours.
    const unfit: string[] = [];
    for (const name of await readdir(logFolder)) {
      const lines = (await readFile(join(logFolder, name), 'utf8')).split('\n');
      unfit.push(...lines.filter((line) => UNFIT.test(line)).map((line) => `${name}: ${line}`));
    }
    expect(unfit).toEqual([]);
  });
}
