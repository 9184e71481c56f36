import type { Socket } from 'node:net';
import { Http1Error, MessageReader, type RequestHead } from '@stormcart/core';
import { plainAddress } from './client-address.ts';
import type { ClientSide } from './client-side.ts';
import type { Deadline } from './deadline-sweep.ts';
import { Exchange } from './exchange.ts';
import { MessageWriter } from './message-writer.ts';
import type { ProxyContext } from './proxy-context.ts';
import { answerUnreadable } from './unreadable.ts';

/**
 * After a last answer the client may still be sending; closing at once would reset the connection and
 * could take the answer with it. So we stop sending and read into the void for this long.
 */
const LINGER_MS = 2_000;

/** One client's connection: its requests one after the other, pipelined ones held back. */
export class ClientConnection implements ClientSide, Deadline {
  readonly address: string;
  readonly writer: MessageWriter;
  deadlineMs: number;
  readonly #socket: Socket;
  /** The connection below an encrypted one; else the same. */
  readonly #transport: Socket;
  readonly #context: ProxyContext;
  readonly #reader: MessageReader<'request'>;
  #exchange: Exchange | undefined;
  #isBodyComplete = true;
  /** The reader is paused: what comes is kept for later. */
  #isHolding = false;
  /** Inside the reader: its callbacks run. */
  #isReading = false;
  #hasEnded = false;
  #isClosing = false;

  constructor(socket: Socket, transport: Socket, context: ProxyContext) {
    this.#socket = socket;
    this.#transport = transport;
    this.#context = context;
    this.address = plainAddress(socket.remoteAddress ?? '');
    this.writer = new MessageWriter(socket);
    this.deadlineMs = context.clock.now() + context.config.timeouts.idleMs;
    this.#reader = new MessageReader('request', {
      onHead: (head) => this.#onHead(head),
      onBody: (payload) => this.#exchange?.onRequestBody(payload),
      onEnd: () => this.#onRequestEnd(),
    });
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('drain', () => this.#onDrain());
    socket.on('end', () => this.#onEnd());
    // The reason does not matter: 'close' follows, and the client is gone.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const exchange = this.#exchange;
      this.#exchange = undefined;
      this.#isClosing = true;
      exchange?.onClientGone();
    });
  }

  expectProgressWithin(ms: number): void {
    this.deadlineMs = this.#context.clock.now() + ms;
  }

  holdBody(): void {
    if (this.#isBodyComplete) return;
    this.#hold();
    this.#socket.pause();
  }

  resumeBody(): void {
    if (!this.#isBodyComplete) this.#read(() => this.#release());
  }

  finish(closes: boolean): void {
    this.#exchange = undefined;
    const isDrained = this.writer.flush();
    if (closes) {
      this.#closeSoon();
    } else if (isDrained) {
      this.#next();
    } else {
      // A client that pipelines and does not read must not fill our memory with answers.
      this.expectProgressWithin(this.#context.config.timeouts.stallMs);
    }
  }

  abort(isCloseDelimited: boolean): void {
    this.#exchange = undefined;
    this.#isClosing = true;
    // Where the end of the connection is the end of the body, only a reset tells the client otherwise.
    if (isCloseDelimited) this.#transport.resetAndDestroy();
    else this.#socket.destroy();
  }

  /** The balancer shuts down: goes as soon as nothing is under way. */
  drain(): void {
    if (this.#exchange === undefined && this.#reader.isIdle) this.#closeSoon();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  onDeadline(): void {
    if (this.#isClosing) {
      this.#socket.destroy();
    } else if (this.#exchange !== undefined) {
      this.#exchange.onDeadline();
    } else if (this.#reader.isIdle || this.#socket.writableNeedDrain) {
      this.#closeSoon();
    } else {
      answerUnreadable(this, 'request-timeout', 'the request head came too slowly', this.#context);
      this.#closeSoon();
    }
  }

  #onHead(head: RequestHead): void {
    if (this.#isClosing) return;
    const { framing } = head;
    this.#isBodyComplete = framing.kind === 'none' || (framing.kind === 'length' && framing.bytes === 0);
    // The body waits until there is somebody to send it to.
    if (!this.#isBodyComplete) this.#hold();
    this.#exchange = new Exchange(head, this, this.#context);
    this.#exchange.start();
  }

  #onRequestEnd(): void {
    this.#isBodyComplete = true;
    if (this.#exchange === undefined) return;
    this.#hold();
    this.#exchange.onRequestEnd();
  }

  #onData(chunk: Buffer): void {
    if (this.#isClosing) return;
    if (this.#exchange === undefined && this.#reader.isIdle) {
      this.expectProgressWithin(this.#context.config.timeouts.headMs);
    }
    this.#read(() => this.#reader.push(chunk));
  }

  #onEnd(): void {
    this.#hasEnded = true;
    if (this.#isClosing) return;
    this.#read(() => this.#reader.end());
    if (this.#exchange === undefined) this.#closeSoon();
  }

  #onDrain(): void {
    if (this.#exchange !== undefined) this.#exchange.onClientDrain();
    else if (!this.#isClosing) this.#next();
  }

  /** Ready for the next request, which may have come already. */
  #next(): void {
    if (this.#context.isDraining() || (this.#hasEnded && this.#reader.isIdle)) {
      this.#closeSoon();
      return;
    }
    const { headMs, idleMs } = this.#context.config.timeouts;
    this.expectProgressWithin(this.#reader.isIdle ? idleMs : headMs);
    if (this.#isHolding) this.#read(() => this.#release());
  }

  #hold(): void {
    this.#isHolding = true;
    this.#reader.pause();
  }

  #release(): void {
    this.#isHolding = false;
    this.#socket.resume();
    this.#reader.resume();
  }

  /** Runs the reader; what its callbacks ask for while it runs takes effect when they return. */
  #read(advance: () => void): void {
    if (this.#isReading) {
      advance();
      return;
    }
    this.#isReading = true;
    try {
      advance();
    } catch (error) {
      if (!(error instanceof Http1Error)) throw error;
      this.#onMalformed(error);
    } finally {
      this.#isReading = false;
    }
    this.#exchange?.onRequestRead();
    // Something is kept for later: no more until then.
    if (this.#isHolding && !this.#reader.isIdle) this.#socket.pause();
  }

  #onMalformed(error: Http1Error): void {
    if (this.#isClosing) return;
    if (error.code === 'TRUNCATED') {
      this.#exchange?.onClientGone();
      this.#exchange = undefined;
      this.#closeSoon();
    } else if (this.#exchange !== undefined) {
      this.#exchange.onMalformedBody(error);
    } else {
      answerUnreadable(this, problemFor(error), error.message, this.#context);
      this.#closeSoon();
    }
  }

  #closeSoon(): void {
    this.#isClosing = true;
    this.writer.flush();
    this.#socket.end();
    this.#socket.resume();
    this.expectProgressWithin(LINGER_MS);
  }
}

function problemFor(error: Http1Error): 'head-too-large' | 'http-version' | 'bad-request' {
  if (error.code === 'HEAD_TOO_LARGE' || error.code === 'TOO_MANY_HEADERS') return 'head-too-large';
  return error.code === 'BAD_VERSION' ? 'http-version' : 'bad-request';
}
