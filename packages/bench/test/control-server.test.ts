import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pollUntil, systemClock } from '@stormcart/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandRefused } from '../src/control/control-error.ts';
import { controlFileFormat } from '../src/control/control-file.ts';
import { type ControlServer, openControlServer } from '../src/control/control-server.ts';
import type { DrillState } from '../src/control/drill-state.ts';
import { createLiveView } from '../src/control/live-view.ts';
import { createLogBook } from '../src/control/log-book.ts';
import { simulateDrill } from './fixture/simulated-drill.ts';

const eventually = (isTrue: () => boolean): Promise<void> =>
  pollUntil(() => Promise.resolve(isTrue()), { everyMs: 20, signal: AbortSignal.timeout(10_000) });

let folder: string;
let server: ControlServer;
const log = createLogBook();
const performed: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'control-'));
  const { options, performance } = simulateDrill({ outcome: 'fails' });
  const view = createLiveView(folder, options.scenario, log);
  // It began a minute ago.
  view.onLive({ ...performance.live, zeroMs: systemClock.now() - 60_000 });
  server = await openControlServer(folder, {
    log,
    state: view.state,
    offers: () => [],
    details: () => Promise.resolve(undefined),
    perform: (command) => {
      performed.push(command.do);
      if (command.do === 'clear') throw new CommandRefused(404, 'no fault is on');
      return Promise.resolve({ text: 'done' });
    },
  });
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

function ask(path: string, init: RequestInit = {}, token = server.file.token): Promise<Response> {
  const { signal = AbortSignal.timeout(5_000), ...others } = init;
  const authorization = { Authorization: `Bearer ${token}` };
  return fetch(`${server.file.url}${path}`, {
    ...others,
    signal,
    headers: { ...authorization, ...(init.headers as Readonly<Record<string, string>> | undefined) },
  });
}

const command = (body: string): Promise<Response> =>
  ask('/v1/commands', { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });

/** Reads server-sent events until one of this kind has come so often. */
async function listen(kind: string, count: number, lastEventId?: string): Promise<readonly string[]> {
  const leaving = new AbortController();
  const headers = lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId };
  const { body } = await ask('/v1/events', { headers, signal: leaving.signal });
  const found: string[] = [];
  let text = '';
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const events = `${text}${chunk}`.split('\n\n');
    text = events.pop() ?? '';
    found.push(...events.filter((event) => event.startsWith(`event: ${kind}\n`)));
    if (found.length >= count) break;
  }
  leaving.abort();
  return found;
}

describe('the control API of a drill', () => {
  it("lies in the run directory, for its owner's eyes only", async () => {
    const file = join(folder, 'control.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(controlFileFormat.parse(JSON.parse(await readFile(file, 'utf8')))).toEqual(server.file);
    expect(server.file.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('tells what was measured so far', async () => {
    const state = (await (await ask('/v1/state')).json()) as DrillState;
    const { performance } = simulateDrill({ outcome: 'fails' });
    expect(state.ledger).toEqual(performance.measurement.ledger());
    expect(state.availability).toBeCloseTo(performance.measurement.availability() ?? 0, 12);
    expect(state.outages.length).toBe(performance.measurement.outages().length);
    expect(state.gates.some(({ kind, room }) => kind === 'fail' && (room ?? 0) < 0)).toBe(true);
    expect(state.seconds.reduce((sum, { plannedCount }) => sum + plannedCount, 0)).toBe(state.ledger.planned);
    expect(state.verdict.kind).toBe('undecided');
  });

  it.each([
    ['a missing token', {}, 401],
    ['a wrong token', { Authorization: 'Bearer nonsense' }, 401],
    ["another site's page", { 'Sec-Fetch-Site': 'cross-site' }, 403],
    ['another origin', { Origin: 'https://evil.example' }, 403],
  ])('refuses %s and does nothing', async (what, headers, status) => {
    const before = performed.length;
    const authorization = what.includes('token') ? {} : { Authorization: `Bearer ${server.file.token}` };
    const answer = await fetch(`${server.file.url}/v1/commands`, {
      method: 'POST',
      body: '{"do":"abort"}',
      headers: { 'Content-Type': 'application/json', ...authorization, ...headers },
    });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(performed).toHaveLength(before);
  });

  it('refuses another host, as a rebound name would send it', async () => {
    const { port } = new URL(server.file.url);
    const socket = connect(Number(port), '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
    });
    socket.write(
      `GET /v1/state HTTP/1.1\r\nHost: evil.example:${port}\r\nAuthorization: Bearer ${server.file.token}\r\n\r\n`,
    );
    await eventually(() => answer.includes('\r\n\r\n'));
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
  });

  it.each([
    ['no JSON', '{"do":', 400, /no JSON/],
    ['an unknown command', '{"do":"explode"}', 400, /do/],
    ['a rate out of range', '{"do":"rate","factor":1000}', 400, /factor/],
    ['one thing too many', '{"do":"pause","now":true}', 400, /now/],
    ['what cannot be done', '{"do":"clear","id":"hole"}', 404, /no fault/],
    ['too many bytes', JSON.stringify({ do: 'clear', id: 'x'.repeat(70_000) }), 413, /65536/],
  ])('answers %s with what is wrong', async (_, body, status, message) => {
    const answer = await command(body);
    expect(answer.status).toBe(status);
    expect(((await answer.json()) as { readonly detail: string }).detail).toMatch(message);
  });

  it('refuses bytes beyond the limit that were not announced', async () => {
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(16_384).fill(32)),
    });
    const init = {
      method: 'POST',
      body: endless,
      duplex: 'half',
      headers: { 'Content-Type': 'application/json' },
    } as RequestInit;
    // The answer, or the end of the connection that its sender sees first.
    const status = await ask('/v1/commands', init).then(
      (answer) => answer.status,
      () => 413,
    );
    expect(status).toBe(413);
  });

  it('takes a command', async () => {
    const answer = await command('{"do":"rate","factor":1.5}');
    expect([answer.status, await answer.json()]).toEqual([200, { text: 'done' }]);
    expect(performed.at(-1)).toBe('rate');
  });

  it.each(['/', '/v1/rows/nobody', '/v1/rows/%E0%A4%A', '/v1/commands'])('knows no GET %s', async (path) => {
    expect((await ask(path)).status).toBe(404);
  });

  it('tells several listeners of the state, and each of what was logged since it was there', async () => {
    log.write('notice', 1, 'one');
    log.write('notice', 2, 'two');
    const [states, all, rest] = await Promise.all([
      listen('state', 2),
      listen('log', 2),
      listen('log', 1, '1'),
    ]);
    expect(states.length).toBeGreaterThanOrEqual(2);
    expect(all.map((event) => /"text":"(\w+)"/.exec(event)?.[1])).toEqual(['one', 'two']);
    expect(rest.map((event) => /"text":"(\w+)"/.exec(event)?.[1])).toEqual(['two']);
  });

  it('drops a listener that reads nothing, and goes on with the others', async () => {
    const { port } = new URL(server.file.url);
    const deaf = connect(Number(port), '127.0.0.1');
    deaf.pause();
    let isClosed = false;
    deaf.on('close', () => {
      isClosed = true;
    });
    deaf.on('error', () => undefined);
    deaf.write(
      `GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${server.file.token}\r\n\r\n`,
    );
    for (let line = 0; line < 12_000; line += 1) log.write('notice', line, 'x'.repeat(500));
    for (let round = 0; round < 40; round += 1) {
      for (let line = 0; line < 2_000; line += 1) log.write('notice', line, 'y'.repeat(500));
      expect((await listen('state', 1, String(Number.MAX_SAFE_INTEGER))).length).toBe(1);
      if (isClosed) break;
    }
    deaf.resume();
    await eventually(() => isClosed);
  });
});
