import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Command } from '../../src/control/command.ts';
import type { ControlFile } from '../../src/control/control-file.ts';
import type { DrillState, LogEntry } from '../../src/control/drill-state.ts';
import { offers, rowDetails } from './drill-states.ts';

/** A control API of recorded states: a real server, without a drill behind it. */
export interface FakeDrill extends AsyncDisposable {
  readonly control: ControlFile;
  readonly commands: readonly Command[];
  /** `Last-Event-ID` of every connection to the events, empty where it had none. */
  readonly resumedFrom: readonly string[];
  readonly listenerCount: number;
  tell(state: DrillState): void;
  log(entry: LogEntry): void;
  /** Resolves when the listeners have taken what they were sent. */
  drained(): Promise<void>;
  /** Says good-bye and ends the streams. */
  bye(): void;
  /** Cuts the streams without a word. */
  cut(): void;
  /** Answers the next command with this problem. */
  refuse(title: string, detail: string): void;
}

const TOKEN = 'test-token-of-forty-characters-0123456789';

export async function startFakeDrill(first: DrillState, past: readonly LogEntry[] = []): Promise<FakeDrill> {
  let state = first;
  const entries = [...past];
  const commands: Command[] = [];
  const resumedFrom: string[] = [];
  const listeners = new Set<ServerResponse>();
  let problem: object | undefined;
  const onEvents = (request: IncomingMessage, response: ServerResponse): void => {
    const lastId = String(request.headers['last-event-id'] ?? '');
    resumedFrom.push(lastId);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(stateEvent(state));
    for (const entry of entries) if (entry.number > Number(lastId)) response.write(logEvent(entry));
    listeners.add(response);
    response.on('close', () => listeners.delete(response));
  };
  const onCommand = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks = await Array.fromAsync(request as AsyncIterable<Buffer>);
    commands.push(JSON.parse(Buffer.concat(chunks).toString()) as Command);
    const answer = problem ?? { text: `done: ${commands.at(-1)?.do}` };
    json(response, problem === undefined ? 200 : 409, answer);
    problem = undefined;
  };
  const server = createServer((request, response) => {
    if (request.headers.authorization !== `Bearer ${TOKEN}`) {
      json(response, 401, { title: 'wrong token', status: 401 });
    } else if (request.url === '/v1/events') onEvents(request, response);
    else if (request.url === '/v1/offers') json(response, 200, offers());
    else if (request.url === '/v1/commands') void onCommand(request, response);
    else if (request.url === `/v1/rows/${encodeURIComponent('catalog/1')}`) json(response, 200, rowDetails());
    else json(response, 404, { title: 'no such thing', detail: request.url, status: 404 });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const send = (text: string): void => {
    for (const response of listeners) response.write(text);
  };
  return {
    control: {
      version: 1,
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      token: TOKEN,
      pid: process.pid,
    },
    commands,
    resumedFrom,
    get listenerCount() {
      return listeners.size;
    },
    tell: (next) => {
      state = next;
      send(stateEvent(next));
    },
    log: (entry) => {
      entries.push(entry);
      send(logEvent(entry));
    },
    drained: async () => {
      const behind = [...listeners].filter(({ writableNeedDrain }) => writableNeedDrain);
      await Promise.all(behind.map((response) => once(response, 'drain')));
    },
    bye: () => {
      for (const response of listeners) response.end('event: bye\ndata: {}\n\n');
    },
    cut: () => {
      for (const response of listeners) response.destroy();
    },
    refuse: (title, detail) => {
      problem = { title, detail, status: 409 };
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function stateEvent(state: DrillState): string {
  return `event: state\ndata: ${JSON.stringify(state)}\n\n`;
}

function logEvent(entry: LogEntry): string {
  return `event: log\nid: ${entry.number}\ndata: ${JSON.stringify(entry)}\n\n`;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  const type = status === 200 ? 'application/json' : 'application/problem+json';
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
}
