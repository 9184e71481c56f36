import { request as requestHttp } from 'node:http';
import { type RequestOptions, request as requestHttps } from 'node:https';

/** Where the shop under contract is, and whom its certificate is signed by. */
export interface ContractEntry {
  /** `https://127.0.0.1:20443`; http works too. */
  readonly url: string;
  /** PEM. Absent: the system's own authorities. */
  readonly certificateAuthority?: string | undefined;
}

export interface ContractRequest {
  /** Path and query. */
  readonly path: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly text?: string;
}

export interface ContractAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Parsed; undefined where there is none. */
  readonly body: unknown;
}

export type Send = (method: string, request: ContractRequest) => Promise<ContractAnswer>;

/** Longer than any deadline that the shop allows itself. */
const PATIENCE_MS = 15_000;

/** Each request on a connection of its own: what a case does must not depend on the one before. */
export function createSend({ url, certificateAuthority }: ContractEntry): Send {
  const base = new URL(url);
  const start = base.protocol === 'https:' ? requestHttps : requestHttp;
  return (method, { path, token, headers = {}, body, text }) => {
    const payload = text ?? (body === undefined ? undefined : JSON.stringify(body));
    const options: RequestOptions = {
      host: base.hostname.replaceAll(/^\[|\]$/g, ''),
      port: base.port,
      method,
      path,
      ca: certificateAuthority,
      agent: false,
      signal: AbortSignal.timeout(PATIENCE_MS),
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(payload === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
        ...headers,
      },
    };
    return new Promise((resolve, reject) => {
      const sent = start(options, (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () => {
          const received = Buffer.concat(pieces).toString();
          const parsed: unknown = received === '' ? undefined : JSON.parse(received);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parsed });
        });
      });
      sent.on('error', reject);
      sent.end(payload);
    });
  };
}
