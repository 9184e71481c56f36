import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { AppError, messageOf, systemClock } from '@stormcart/core';
import { BODY_BYTES_MAX, type Refusal, refusalOf, tooLarge } from './admission.ts';
import { type Command, type CommandAnswer, commandFormat } from './command.ts';
import { CommandRefused } from './control-error.ts';
import { CONTROL_FILE, type ControlFile } from './control-file.ts';
import type { DrillState, FaultOffer, RowDetails } from './drill-state.ts';
import { createEventStreams } from './event-stream.ts';
import type { LogBook } from './log-book.ts';

/** What is asked of a drill. */
export interface ControlSource {
  readonly log: LogBook;
  state(): DrillState;
  offers(): readonly FaultOffer[];
  /** Undefined: there is no such row. */
  details(name: string): Promise<RowDetails | undefined>;
  /** Throws `CommandRefused`. */
  perform(command: Command): Promise<CommandAnswer>;
}

export interface ControlServer {
  readonly file: ControlFile;
  /** Says goodbye to those who listen, and removes the file. */
  close(): Promise<void>;
}

/** A person cannot read faster, and a state costs the drill about a millisecond. */
const TELL_EVERY_MS = 250;
/** A command is one packet; whoever takes longer is none of ours. */
const REQUEST_TIMEOUT_MS = 5_000;
/** Listeners and those who ask besides. */
const CONNECTIONS_MAX = 64;

/** Serves a drill's control API on a free loopback port and leaves `control.json` in the run directory. */
export async function openControlServer(runFolder: string, source: ControlSource): Promise<ControlServer> {
  const token = randomBytes(24).toString('base64url');
  const streams = createEventStreams(source.log);
  let authority = '';
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    // Somebody who leaves before the answer is no error.
    response.on('error', () => undefined);
    const refusal = refusalOf(request, { authority, token });
    if (refusal !== undefined) return refuse(response, refusal);
    void answer(request, response).catch((error: unknown) => problem(response, error));
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '/', `http://${authority}`);
    const key = `${request.method ?? ''} ${pathname}`;
    if (key === 'GET /v1/state') return sendJson(response, 200, source.state());
    if (key === 'GET /v1/offers') return sendJson(response, 200, source.offers());
    if (key === 'POST /v1/commands') {
      return sendJson(response, 200, await source.perform(readCommand(await readBody(request))));
    }
    if (key === 'GET /v1/events') {
      streams.open(response, Number(request.headers['last-event-id'] ?? 0) || 0);
      streams.tell(source.state());
      return undefined;
    }
    const [, name] = /^GET \/v1\/rows\/([^/]+)$/.exec(key) ?? [];
    const details = name === undefined ? undefined : await source.details(decoded(name));
    if (details !== undefined) return sendJson(response, 200, details);
    return problemText(response, 404, `there is no ${key}`, ROUTES);
  };
  server.maxConnections = CONNECTIONS_MAX;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  authority = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const file: ControlFile = { version: 1, url: `http://${authority}`, token, pid: process.pid };
  const path = join(runFolder, CONTROL_FILE);
  await writeFile(path, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
  const timer = setInterval(() => {
    if (streams.count > 0) streams.tell(source.state());
  }, TELL_EVERY_MS);
  return {
    file,
    close: async () => {
      clearInterval(timer);
      await rm(path, { force: true });
      if (streams.count > 0) streams.tell(source.state());
      streams.close();
      const closed = once(server, 'close');
      server.close();
      // Those who read slowly have this long for the last state.
      await Promise.race([closed, systemClock.sleep(GOODBYE_MS)]);
      server.closeAllConnections();
      await closed;
    },
  };
}

const GOODBYE_MS = 300;
const ROUTES =
  'GET /v1/state, /v1/events, /v1/offers, /v1/rows/NAME (its / written as %2F); POST /v1/commands';

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new TooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

class TooLarge extends Error {}

function readCommand(body: string): Command {
  let raw: unknown;
  try {
    raw = JSON.parse(body);
  } catch (error) {
    throw new CommandRefused(400, `the body is no JSON: ${messageOf(error)}`);
  }
  const parsed = commandFormat.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'the command'}: ${message}`,
  );
  throw new CommandRefused(400, issues.join('; '), `Accepted: do is ${COMMANDS.join(', ')}.`);
}

const COMMANDS = commandFormat.options.map(({ shape }) => shape.do.value);

function refuse(response: ServerResponse, { status, detail }: Refusal): void {
  // What is still being sent is not read.
  response.setHeader('Connection', 'close');
  problemText(response, status, detail);
}

function problem(response: ServerResponse, error: unknown): void {
  if (error instanceof TooLarge) return refuse(response, tooLarge);
  if (error instanceof CommandRefused) return problemText(response, error.status, error.message, error.hint);
  problemText(response, 500, error instanceof AppError ? error.message : messageOf(error));
}

function problemText(response: ServerResponse, status: number, detail: string, hint?: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  sendJson(
    response,
    status,
    { title: TITLES[status] ?? 'It went wrong', status, detail, ...(hint === undefined ? {} : { hint }) },
    'application/problem+json',
  );
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'That is no command',
  401: 'Who are you?',
  403: 'Not from there',
  404: 'There is nothing',
  409: 'Not now',
  413: 'Too large',
  415: 'Not JSON',
};

function sendJson(response: ServerResponse, status: number, value: unknown, type = 'application/json'): void {
  response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(value));
}
