import { X509Certificate } from 'node:crypto';
import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, createSecureContext, type SecureContext } from 'node:tls';
import { loadError } from '../load-error.ts';

/** What is told of a byte stream besides the stream's own `end`, `error` and `close`. */
export interface StreamEvents {
  /** It can carry a request. Whatever fails before is a connection error: nothing was sent. */
  readonly onReady: () => void;
  /** Only for the time of the call: its memory is used again. */
  readonly onData: (chunk: Buffer) => void;
}

/** Opens one byte stream to the target. */
export type Connect = (events: StreamEvents) => Duplex;

/** Whose word counts for who an https target is. */
export type Trust =
  /** Those that Node ships with. */
  | { readonly kind: 'usual' }
  /** This one, PEM, and nobody else. */
  | { readonly kind: 'authority'; readonly certificate: string }
  /** Anybody's. */
  | { readonly kind: 'anyone' };

/** Where requests go. */
export interface Target {
  /** For the Host header: `127.0.0.1:8080`. */
  readonly authority: string;
  readonly connect: Connect;
}

/** The target that a URL names; only its scheme, host and port matter. Throws UNSUPPORTED_TARGET, BAD_AUTHORITY. */
export function targetOf(url: URL, trust: Trust = { kind: 'usual' }): Target {
  const host = url.hostname.replaceAll(/^\[|\]$/g, '');
  switch (url.protocol) {
    case 'http:': {
      const port = url.port === '' ? 80 : Number(url.port);
      return { authority: url.host, connect: (events) => plainStream(host, port, events) };
    }
    case 'https:':
      return { authority: url.host, connect: secureConnect(url, host, trust) };
    default:
      throw loadError({
        kind: 'usage',
        code: 'UNSUPPORTED_TARGET',
        message: `cannot send load to ${url.href}: ${url.protocol}// is not http:// or https://`,
      });
  }
}

function secureConnect(url: URL, host: string, trust: Trust): Connect {
  const options = {
    host,
    port: url.port === '' ? 443 : Number(url.port),
    // RFC 6066 §3: a literal address is no server name; it is checked against the certificate all the same.
    servername: isLiteralAddress(url.hostname) ? '' : host,
    noDelay: true,
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: trust.kind !== 'anyone',
    // Once for all connections: reading certificates takes longer than shaking hands.
    secureContext: secureContextOf(trust),
  };
  return (events) =>
    connectTls(options, () => events.onReady()).on('data', (chunk: Buffer) => events.onData(chunk));
}

/** As much as one read of a loopback socket usually brings. */
const READ_BYTES = 64 * 1_024;
/** One for all connections: what is read is taken in before the next read. */
const readBuffer = Buffer.allocUnsafeSlow(READ_BYTES);
/** What the last read filled of it: answers of one server are often as long as the one before. */
let readView = readBuffer.subarray(0, 0);

/**
 * Read without Node's stream machinery: a chunk of its own for each answer is what the garbage collector would be
 * busy with.
 */
function plainStream(host: string, port: number, events: StreamEvents): Duplex {
  return connectTcp(
    {
      host,
      port,
      noDelay: true,
      onread: {
        buffer: readBuffer,
        callback: (byteCount) => {
          if (readView.length !== byteCount) readView = readBuffer.subarray(0, byteCount);
          events.onData(readView);
          return true;
        },
      },
    },
    () => events.onReady(),
  );
}

function secureContextOf(trust: Trust): SecureContext {
  if (trust.kind !== 'authority') return createSecureContext();
  try {
    // OpenSSL passes over what is no certificate, and would then trust nobody.
    void new X509Certificate(trust.certificate);
    return createSecureContext({ ca: trust.certificate });
  } catch (cause) {
    throw loadError({
      kind: 'usage',
      code: 'BAD_AUTHORITY',
      message: 'the certificate authority to trust is no PEM certificate',
      cause,
    });
  }
}

function isLiteralAddress(hostname: string): boolean {
  return hostname.startsWith('[') || /^[\d.]+$/.test(hostname);
}
