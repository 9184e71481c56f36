import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Address, AppError, messageOf } from '@stormcart/core';
import { ZodError } from 'zod';
import { answerControl, type ControlAnswer, type ControlRequest, failure } from './control-routes.ts';
import type { ProxySet } from './proxy-set.ts';

/** The largest body there is, a toxic, has a few hundred bytes. */
const BODY_BYTES_MAX = 65_536;
const HEADER_BYTES_MAX = 8_192;
/** A control client is a program on this machine: what takes longer is stuck. */
const REQUEST_TIMEOUT_MS = 5_000;
/** A controller and a person or two who look on. */
const CONNECTIONS_MAX = 64;

export interface ControlServer {
  readonly address: Address;
  close(): Promise<void>;
}

/** Serves the control API over HTTP with JSON. Rejects when the address cannot be had. */
export async function serveControl(set: ProxySet, listen: Address): Promise<ControlServer> {
  const server = createServer(
    {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: REQUEST_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
    },
    (request, response) => {
      void handle(set, request).then((answer) => send(response, answer));
    },
  );
  server.maxConnections = CONNECTIONS_MAX;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ ...listen, exclusive: true }, resolve);
  });
  return { address: { host: listen.host, port: portOf(server, listen.port) }, close: () => close(server) };
}

async function handle(set: ProxySet, request: IncomingMessage): Promise<ControlAnswer> {
  // A web page must not reach faults through somebody's browser; Toxiproxy keeps browsers out the same way.
  if (
    request.headers['user-agent']?.startsWith('Mozilla/') === true ||
    request.headers.origin !== undefined
  ) {
    return failure(403, 'browsers are not allowed');
  }
  try {
    const parsed = await parseRequest(request);
    return 'status' in parsed ? parsed : await answerControl(set, parsed);
  } catch (error) {
    if (error instanceof ZodError) return failure(400, `bad request body: ${describeIssues(error)}`);
    if (error instanceof AppError) return failure(error.kind === 'environment' ? 500 : 400, error.message);
    return failure(500, messageOf(error));
  }
}

async function parseRequest(request: IncomingMessage): Promise<ControlRequest | ControlAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > BODY_BYTES_MAX) return failure(413, `the body is larger than ${BODY_BYTES_MAX} bytes`);
    chunks.push(chunk as Buffer);
  }
  const [pathText = '/'] = (request.url ?? '/').split('?');
  let path: readonly string[];
  try {
    path = pathText.split('/').slice(1).map(decodeURIComponent);
  } catch {
    return failure(400, 'the path is not properly percent-encoded');
  }
  try {
    const body: unknown = size === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString('utf8'));
    return { method: request.method ?? 'GET', path: path.at(-1) === '' ? path.slice(0, -1) : path, body };
  } catch (error) {
    return failure(400, `bad request body: ${messageOf(error)}`);
  }
}

function describeIssues(error: ZodError): string {
  return error.issues
    .map((issue) => (issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`))
    .join('; ');
}

function send(response: ServerResponse, { status, body }: ControlAnswer): void {
  // One request a connection: no client can be caught by an idle connection that just closed.
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

function portOf(server: Server, asked: number): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : asked;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
