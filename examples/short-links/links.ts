/**
 * The service behind: keeps links in Redis. `POST /` with `{url}` answers 201 `{code}` once Redis has it on disk,
 * `GET /<code>` 200 `{url}` or 404, `GET /healthz` 204 once Redis answers.
 * Environment: PORT, REDIS_HOST, REDIS_PORT.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { Redis } from 'ioredis';

/** Longer than Redis ever takes, shorter than a visitor waits. */
const REDIS_TIMEOUT_MS = 1_000;

const redis = new Redis({
  host: process.env['REDIS_HOST'] ?? '127.0.0.1',
  port: Number(process.env['REDIS_PORT'] ?? 6379),
  commandTimeout: REDIS_TIMEOUT_MS,
  maxRetriesPerRequest: 1,
});
// It connects again by itself; each command tells its own caller.
redis.on('error', () => undefined);

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? '/';
  if (path === '/healthz') {
    await redis.ping();
    response.writeHead(204).end();
    return;
  }
  if (request.method === 'POST') {
    const { url } = JSON.parse(await text(request)) as { readonly url?: unknown };
    if (typeof url !== 'string' || !URL.canParse(url))
      return send(response, 400, { error: 'url must be a URL' });
    const code = randomBytes(6).toString('base64url');
    await redis.set(code, url);
    return send(response, 201, { code });
  }
  const url = await redis.get(path.slice(1));
  return url === null ? send(response, 404, { error: 'no such link' }) : send(response, 200, { url });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

createServer((request, response) => {
  answer(request, response).catch(() => send(response, 503, { error: 'no answer from Redis' }));
}).listen(Number(process.env['PORT']), '127.0.0.1');
