import { constants } from 'node:crypto';
import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { Certificate } from '../config/read-certificate.ts';
import { plainAddress } from './client-address.ts';
import type { Deadline, DeadlineSweep } from './deadline-sweep.ts';
import { MessageWriter } from './message-writer.ts';
import type { ProxyContext } from './proxy-context.ts';
import { answerUnreadable } from './unreadable.ts';

/** How handshakes went so far. */
export interface HandshakeCounts {
  readonly completedCount: number;
  /** Broken off, refused by either side, too slow, or no TLS at all. */
  readonly failedCount: number;
  /** Turned away at once because too many others were under way. */
  readonly refusedCount: number;
}

export interface HandshakeDeskOptions {
  readonly context: ProxyContext;
  readonly certificate: Certificate;
  readonly deadlines: DeadlineSweep;
  /** `transport` is the connection below the encrypted one. */
  readonly onSecure: (secure: TLSSocket, transport: Socket) => void;
}

/**
 * Forward secrecy and authenticated encryption only (RFC 9325 §4.2, Mozilla's "intermediate" list without DHE and
 * CBC). AES-128 first: as strong as the 128-bit curves before it, and the cheapest where the processor has AES.
 */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');
const CURVES = 'X25519:prime256v1:secp384r1';
/** Tickets are worth this long: OpenSSL's own default, and short against the keys, which live as long as the process. */
const SESSION_S = 300;
/** The first byte of a TLS record that carries a handshake (RFC 8446 §5.1). */
const HANDSHAKE_RECORD = 0x16;
/** Methods begin with one: whoever sends that speaks HTTP without TLS. */
const UPPER_CASE = { first: 0x41, last: 0x5a } as const;
/** For the client to read the answer that tells it so. */
const LINGER_MS = 2_000;

class Handshake implements Deadline {
  readonly transport: Socket;
  deadlineMs: number;

  constructor(transport: Socket, deadlineMs: number) {
    this.transport = transport;
    this.deadlineMs = deadlineMs;
  }

  onDeadline(): void {
    this.transport.destroy();
  }
}

/**
 * Where connections wait until they are encrypted, a bounded number at a time: a handshake costs the server more than
 * the client, so those who begin many and finish none must find an end.
 */
export class HandshakeDesk implements HandshakeCounts {
  readonly #options: HandshakeDeskOptions;
  readonly #server: Server;
  readonly #pending = new Map<string, Handshake>();
  completedCount = 0;
  failedCount = 0;
  refusedCount = 0;

  constructor(options: HandshakeDeskOptions) {
    this.#options = options;
    this.#server = tlsServer(options.certificate, options.context.config.timeouts.handshakeMs);
    this.#server.on('secureConnection', (secure) => this.#onSecure(secure));
  }

  /** Takes a fresh connection; it comes out through `onSecure`, or is closed. */
  accept(transport: Socket): void {
    const { context, deadlines } = this.#options;
    const { limits, timeouts } = context.config;
    if (this.#pending.size >= limits.handshakesMax) {
      this.refusedCount += 1;
      transport.destroy();
      return;
    }
    const peer = peerOf(transport);
    const handshake = new Handshake(transport, context.clock.now() + timeouts.handshakeMs);
    this.#pending.set(peer, handshake);
    deadlines.add(handshake);
    // The reason does not matter: 'close' follows.
    transport.on('error', () => undefined);
    transport.once('close', () => {
      deadlines.remove(handshake);
      if (this.#pending.get(peer) !== handshake) return;
      this.#pending.delete(peer);
      this.failedCount += 1;
    });
    transport.once('readable', () => this.#begin(handshake));
  }

  /** Breaks off every handshake. */
  close(): void {
    for (const { transport } of this.#pending.values()) transport.destroy();
  }

  #begin(handshake: Handshake): void {
    const { transport } = handshake;
    const first: unknown = transport.read();
    const byte = Buffer.isBuffer(first) ? (first[0] ?? 0) : 0;
    if (Buffer.isBuffer(first) && byte === HANDSHAKE_RECORD) {
      transport.unshift(first);
      this.#server.emit('connection', transport);
    } else if (byte >= UPPER_CASE.first && byte <= UPPER_CASE.last) {
      this.#refusePlain(handshake);
    } else {
      transport.destroy();
    }
  }

  #onSecure(secure: TLSSocket): void {
    const peer = peerOf(secure);
    const handshake = this.#pending.get(peer);
    // The peer has gone meanwhile: 'close' has taken it off the list.
    if (handshake === undefined) {
      secure.destroy();
      return;
    }
    this.#pending.delete(peer);
    this.#options.deadlines.remove(handshake);
    this.completedCount += 1;
    this.#options.onSecure(secure, handshake.transport);
  }

  #refusePlain(handshake: Handshake): void {
    const { transport } = handshake;
    const { context } = this.#options;
    const address = plainAddress(transport.remoteAddress ?? '');
    const writer = new MessageWriter(transport);
    answerUnreadable({ address, writer }, 'bad-request', 'this port speaks HTTPS only', context);
    writer.flush();
    transport.end();
    // Closing on unread bytes would reset the connection and could take the answer with it.
    transport.resume();
    handshake.deadlineMs = context.clock.now() + LINGER_MS;
  }
}

function tlsServer({ chain, key }: Certificate, handshakeTimeout: number): Server {
  return createServer({
    cert: chain,
    key,
    minVersion: 'TLSv1.2',
    ciphers: CIPHERS,
    honorCipherOrder: true,
    ecdhCurve: CURVES,
    ALPNProtocols: ['http/1.1'],
    sessionTimeout: SESSION_S,
    handshakeTimeout,
    // One handshake per connection: renegotiation is a way to ask for many at the price of one.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  });
}

/** Tells open connections to one listener apart. */
function peerOf(socket: Socket): string {
  return `${socket.remoteAddress ?? ''} ${socket.remotePort ?? ''}`;
}
