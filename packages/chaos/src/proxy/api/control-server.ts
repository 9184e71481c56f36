import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Address, messageOf } from '@stormcart/core';
import { listenFailed } from '../listen-error.ts';
import type { ProxySet } from '../proxy-set.ts';
import { type ApiAnswer, failure } from './answer.ts';
import { type ApiRequest, answerApi } from './router.ts';

/** A populate of a few thousand proxies. */
const BODY_BYTES_MAX = 1_048_576;
const HEADER_BYTES_MAX = 8_192;
/** A control client is a program on this machine: what takes longer to ask, or to read the answer, is stuck. */
const REQUEST_TIMEOUT_MS = 5_000;
/** Controllers, test processes side by side, a person or two who look on. */
const CONNECTIONS_MAX = 256;

export interface ControlServer {
  readonly address: Address;
  close(): Promise<void>;
}

/** Serves the control API over HTTP with JSON. Rejects with a `ChaosError` LISTEN_FAILED. */
export async function serveControl(set: ProxySet, listen: Address): Promise<ControlServer> {
  const server = createServer(
    {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: REQUEST_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
    },
    (request, response) => {
      void handle(set, request)
        .catch((error: unknown) => failure(500, messageOf(error)))
        .then((answer) => send(response, answer));
    },
  );
  server.maxConnections = CONNECTIONS_MAX;
  // Closes what has been idle for so long, an answer that nobody reads included.
  server.setTimeout(REQUEST_TIMEOUT_MS);
  const { host, port } = listen;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(listenFailed(listen, cause)));
    server.listen({ ...(host === '' ? {} : { host }), port, exclusive: true }, resolve);
  });
  return { address: addressOf(server, listen), close: () => close(server) };
}

async function handle(set: ProxySet, request: IncomingMessage): Promise<ApiAnswer> {
  // A web page must not reach faults through somebody's browser; Toxiproxy keeps browsers out the same way.
  if (
    request.headers['user-agent']?.startsWith('Mozilla/') === true ||
    request.headers.origin !== undefined
  ) {
    return failure(403, 'User agent not allowed');
  }
  const read = await readRequest(request);
  return 'status' in read ? read : answerApi(set, read);
}

async function readRequest(request: IncomingMessage): Promise<ApiRequest | ApiAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > BODY_BYTES_MAX) return failure(413, `the body is larger than ${BODY_BYTES_MAX} bytes`);
    chunks.push(chunk as Buffer);
  }
  const [pathText = '/'] = (request.url ?? '/').split('?');
  try {
    const path = pathText.split('/').slice(1).map(decodeURIComponent);
    return { method: request.method ?? 'GET', path, body: Buffer.concat(chunks).toString('utf8') };
  } catch {
    return failure(400, 'the path is not properly percent-encoded');
  }
}

function send(response: ServerResponse, { status, headers, body }: ApiAnswer): void {
  const type = body.kind === 'text' ? body.type : 'application/json';
  response.writeHead(status, {
    // One request a connection: no client can be caught by an idle connection that just closed.
    connection: 'close',
    ...(body.kind === 'none' ? {} : { 'content-type': type }),
    ...headers,
  });
  if (body.kind === 'none') response.end();
  else response.end(body.kind === 'text' ? body.text : JSON.stringify(body.value));
}

function addressOf(server: Server, asked: Address): Address {
  const address = server.address();
  return typeof address === 'object' && address !== null
    ? { host: address.address, port: address.port }
    : asked;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
