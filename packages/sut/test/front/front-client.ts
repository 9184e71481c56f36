import { type Agent, type RequestOptions, request } from 'node:https';
import type { Socket } from 'node:net';
import type { RunningSystem } from '@stormcart/core';

export interface FrontRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly agent?: Agent;
  /** A connection that is open already. */
  readonly connection?: Socket;
}

export interface FrontAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** Longer than any answer that the shop allows itself: whatever takes longer hangs. */
const PATIENCE_MS = 15_000;

/** One request over HTTPS, trusting the system's own authority and nobody else. */
export function askFront(
  system: Pick<RunningSystem, 'entryUrl' | 'certificateAuthority'>,
  method: string,
  path: string,
  { headers = {}, body, agent, connection }: FrontRequest = {},
): Promise<FrontAnswer> {
  const { hostname, port } = new URL(system.entryUrl);
  const options: RequestOptions = {
    host: hostname.replaceAll(/^\[|\]$/g, ''),
    port,
    method,
    path,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) },
    ca: system.certificateAuthority?.certificate,
    // A connection of its own unless the test brings an agent.
    ...(connection === undefined ? { agent: agent ?? false } : { createConnection: () => connection }),
    signal: AbortSignal.timeout(PATIENCE_MS),
  };
  return new Promise((resolve, reject) => {
    const sent = request(options, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(pieces).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
