import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError, messageOf } from '@stormcart/core';
import { OPENMETRICS_TYPE } from './openmetrics.ts';

/** Where metrics can be scraped while drills run. */
export interface MetricsEndpoint {
  readonly url: string;
  close(): Promise<void>;
}

/** Some scrapers and a person with a browser. */
const CONNECTIONS_MAX = 16;
/** A scrape is a line of request; whoever takes longer is no scraper. */
const REQUEST_TIMEOUT_MS = 5_000;

/** Serves `GET /metrics`; asks `read` anew each time. Throws an environment error when the address cannot be had. */
export async function openMetricsEndpoint(
  { host, port }: { readonly host: string; readonly port: number },
  read: () => Promise<string>,
): Promise<MetricsEndpoint> {
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    void answer(request, response, read);
  });
  server.maxConnections = CONNECTIONS_MAX;
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new AppError({
      kind: 'environment',
      code: 'NO_METRICS_ENDPOINT',
      message: `metrics cannot be served on ${host}:${port}: ${messageOf(cause)}`,
      hint: 'Give another port, or 0 for any that is free.',
      cause,
    });
  }
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}/metrics`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  { method, url }: IncomingMessage,
  response: ServerResponse,
  read: () => Promise<string>,
): Promise<void> {
  const send = (status: number, type: string, text: string): void => {
    response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' });
    response.end(method === 'HEAD' ? undefined : text);
  };
  if (method !== 'GET' && method !== 'HEAD') return send(405, 'text/plain', 'metrics are read with GET\n');
  if (url?.split('?', 1)[0] !== '/metrics') return send(404, 'text/plain', 'metrics are at /metrics\n');
  try {
    send(200, OPENMETRICS_TYPE, await read());
  } catch (error) {
    send(500, 'text/plain', `${messageOf(error)}\n`);
  }
}
