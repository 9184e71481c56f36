import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Address, Clock } from '@stormcart/core';
import { worldError } from '../world-error.ts';
import { type Misbehaviour, Misbehaviours } from './misbehaviours.ts';
import { answerPayment, type PaymentAnswer } from './payment-answer.ts';
import { type Charge, PaymentLedger, type Refund } from './payment-ledger.ts';
import { healthyMode, type PaymentMode, type PaymentModeChange, paymentModeSchema } from './payment-mode.ts';

export interface PaymentProviderOptions {
  readonly clock: Clock;
  /** For the lots that `declineShare` and `loseReplyShare` draw. */
  readonly seed: number;
  /** A free one when absent. */
  readonly port?: number;
}

/**
 * The bank outside the shop. It runs in the driver's process, so no fault of the shop can touch its books:
 * what they say about a payment is the truth that the audit compares the shop with.
 */
export interface PaymentProvider {
  readonly address: Address;
  /** Every decided charge, oldest first. */
  charges(): readonly Charge[];
  refunds(): readonly Refund[];
  /** Whether the last word on this order's charge (key `pay-<orderId>`) was no. */
  wasDeclined(orderId: string): boolean;
  mode(): PaymentMode;
  /** What the change leaves out goes back to healthy. */
  setMode(change: PaymentModeChange): void;
  /** Misbehaves in this way, too, until the returned one is ended. */
  misbehave(mode: PaymentMode): Misbehaviour;
  close(): Promise<void>;
}

/** A real body is about 120 bytes. */
const BODY_BYTES_MAX = 16_384;

/** One worker process holds a handful of connections; this only keeps a runaway client from eating the driver. */
const CONNECTIONS_MAX = 256;

/** The key under which the shop charges an order. */
const chargeKeyOf = (orderId: string): string => `pay-${orderId}`;

/** Starts the provider on 127.0.0.1. Errors: `payment-provider-not-listening`. */
export async function startPaymentProvider(options: PaymentProviderOptions): Promise<PaymentProvider> {
  const ledger = new PaymentLedger(options.seed);
  const closing = new AbortController();
  const misbehaviours = new Misbehaviours(options.clock);
  let mode = healthyMode;

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request);
    if (mode.delayMs > 0) await options.clock.sleep(mode.delayMs, closing.signal);
    await misbehaviours.holdBack(closing.signal);
    const answer = answerPayment(
      {
        method: request.method ?? 'GET',
        path: request.url ?? '/',
        key: headerOf(request, 'idempotency-key'),
        body,
      },
      {
        ledger,
        mode: misbehaviours.combinedWith(mode),
        nowMs: options.clock.wallMs(),
        onHit: (purpose, key) => misbehaviours.countHit(purpose, key, (...lot) => ledger.draw(...lot)),
      },
    );
    send(response, answer);
  };

  const server = createServer((request, response) => {
    // A client that went away in mid-request leaves nothing to answer.
    serve(request, response).catch(() => response.destroy());
  });
  server.maxConnections = CONNECTIONS_MAX;
  const port = await listen(server, options.port ?? 0);

  return {
    address: { host: '127.0.0.1', port },
    charges: () => ledger.charges(),
    refunds: () => ledger.refunds(),
    wasDeclined: (orderId) => ledger.find(chargeKeyOf(orderId))?.status === 'declined',
    mode: () => mode,
    setMode: (change) => {
      mode = paymentModeSchema.parse(change);
    },
    misbehave: (more) => misbehaviours.begin(more),
    close: async () => {
      closing.abort(new Error('the payment provider is closing'));
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `the payment provider cannot listen on 127.0.0.1:${port}`;
      reject(worldError({ code: 'payment-provider-not-listening', message, cause }));
    });
    server.listen({ host: '127.0.0.1', port }, () => resolve((server.address() as AddressInfo).port));
  });
}

/** The body's text; undefined when it is longer than any honest one. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let byteCount = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    byteCount += chunk.length;
    if (byteCount <= BODY_BYTES_MAX) chunks.push(chunk);
  }
  return byteCount > BODY_BYTES_MAX ? undefined : Buffer.concat(chunks).toString('utf8');
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function send(response: ServerResponse, answer: PaymentAnswer): void {
  switch (answer.kind) {
    case 'lost':
      response.destroy();
      return;
    case 'reply': {
      const text = JSON.stringify(answer.body);
      response.writeHead(answer.status, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      });
      response.end(text);
      return;
    }
  }
}
