/**
 * The service in front: `POST /links` with `{url}` answers 201 `{code}`, `GET /l/<code>` 302 to the link's URL or 404,
 * `GET /healthz` 204 once the service behind answers.
 * Environment: PORT, LINKS_URL, and CACHE: `memory` remembers where links lead (they never change), `none` asks each time.
 */
import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { text } from 'node:stream/consumers';

/** A visitor who waits longer than this has gone. */
const LINKS_TIMEOUT_MS = 1_500;
/** 10,000 links are about 2 MiB. */
const REMEMBERED_MAX = 10_000;

const linksUrl = process.env['LINKS_URL'] ?? '';
const remembered = process.env['CACHE'] === 'memory' ? new Map<string, string>() : undefined;
const agent = new Agent({ keepAlive: true });

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? '/';
  if (path === '/healthz') {
    const { status } = await ask('GET', '/healthz');
    response.writeHead(status).end();
    return;
  }
  if (request.method === 'POST' && path === '/links') {
    const { status, body } = await ask('POST', '/', await text(request));
    send(response, status, body);
    return;
  }
  const code = /^\/l\/([\w-]{1,32})$/.exec(path)?.[1];
  if (code === undefined) return send(response, 404, { error: 'no such page' });
  const known = remembered?.get(code);
  if (known !== undefined) return redirect(response, known);
  const { status, body } = await ask('GET', `/${code}`);
  const { url } = body as { readonly url?: string };
  if (status !== 200 || url === undefined) return send(response, status, body);
  remember(code, url);
  return redirect(response, url);
}

/** The oldest one goes where there is no more room. */
function remember(code: string, url: string): void {
  if (remembered === undefined) return;
  const [oldest] = remembered.keys();
  if (remembered.size >= REMEMBERED_MAX && oldest !== undefined) remembered.delete(oldest);
  remembered.set(code, url);
}

async function ask(
  method: string,
  path: string,
  sent?: string,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const reply = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = httpRequest(new URL(path, linksUrl), {
      method,
      agent,
      signal: AbortSignal.timeout(LINKS_TIMEOUT_MS),
      headers: { 'content-type': 'application/json' },
    });
    asked.once('response', resolve);
    asked.once('error', reject);
    asked.end(sent);
  });
  const received = await text(reply);
  return { status: reply.statusCode ?? 502, body: received === '' ? {} : JSON.parse(received) };
}

function redirect(response: ServerResponse, url: string): void {
  response.writeHead(302, { location: url }).end();
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

createServer((request, response) => {
  answer(request, response).catch(() => send(response, 502, { error: 'no answer from the service behind' }));
}).listen(Number(process.env['PORT']), '127.0.0.1');
