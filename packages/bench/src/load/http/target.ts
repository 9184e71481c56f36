import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { loadError } from '../load-error.ts';

/**
 * Opens one byte stream to the target and says when it can carry a request. Whatever fails before
 * `onReady` is a connection error: nothing was sent.
 */
export type Connect = (onReady: () => void) => Duplex;

/** Where requests go. */
export interface Target {
  /** For the Host header: `127.0.0.1:8080`. */
  readonly authority: string;
  readonly connect: Connect;
}

/** The target that a URL names; only its scheme, host and port matter. Throws UNSUPPORTED_TARGET. */
export function targetOf(url: URL): Target {
  const host = url.hostname.replaceAll(/^\[|\]$/g, '');
  switch (url.protocol) {
    case 'http:': {
      const port = url.port === '' ? 80 : Number(url.port);
      return {
        authority: url.host,
        connect: (onReady) => connectTcp({ host, port, noDelay: true }, onReady),
      };
    }
    case 'https:': {
      const port = url.port === '' ? 443 : Number(url.port);
      const options = { host, port, servername: url.hostname, noDelay: true, ALPNProtocols: ['http/1.1'] };
      return { authority: url.host, connect: (onReady) => connectTls(options, onReady) };
    }
    default:
      throw loadError({
        kind: 'usage',
        code: 'UNSUPPORTED_TARGET',
        message: `cannot send load to ${url.href}: ${url.protocol}// is not http:// or https://`,
      });
  }
}
