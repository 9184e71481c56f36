import type { IncomingMessage, RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';

/** A timer may fire this much before its time. */
export const ROUNDING_MS = 2;

/** A request with an effect. */
export const post = { method: 'POST', path: '/orders', body: 'two shoes' } as const;

/** Remembers what reached it, bodies included, and answers each request with what it was. */
export function recorder(): { readonly seen: string[]; readonly listener: RequestListener } {
  const seen: string[] = [];
  const listener = async (request: IncomingMessage): Promise<string> => {
    const body = await text(request);
    seen.push(`${request.method} ${request.url}${body === '' ? '' : ` ${body}`}`);
    return JSON.stringify({ order: request.url });
  };
  return {
    seen,
    listener: (request, response) => {
      void listener(request).then((answer) => {
        response.writeHead(201, {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(answer),
          'x-order': 'kept',
        });
        response.end(answer);
      });
    },
  };
}
