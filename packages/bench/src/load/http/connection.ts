import type { Duplex } from 'node:stream';
import { type HeaderList, MessageReader, messageOf, type ResponseHead } from '@stormcart/core';
import { type AnswerBody, answerBody } from './answer-body.ts';
import type { Answer, Exchange, ExchangeEnd, OutgoingRequest } from './exchange.ts';
import type { Connect } from './target.ts';

export interface ConnectionEvents {
  /** The answer was read whole and the connection can carry another request. */
  onIdle(connection: Connection): void;
  /** It is closed, by whomever; an idle one must not be handed out any more. */
  onGone(connection: Connection): void;
}

/** One request on its way: its own handle for whoever sent it, so that nothing else is made for it. */
class CurrentExchange implements Exchange {
  readonly request: OutgoingRequest;
  readonly #connection: Connection;
  wasWritten = false;
  head: ResponseHead | undefined;
  body: AnswerBody | undefined;
  isComplete = false;

  constructor(request: OutgoingRequest, connection: Connection) {
    this.request = request;
    this.#connection = connection;
  }

  cancel(): void {
    this.#connection.cancel(this);
  }
}

/** Parsed when it is asked for. */
class WholeAnswer implements Answer {
  readonly kind = 'answer';
  readonly status: number;
  readonly headers: HeaderList;
  #source: AnswerBody | undefined;
  #body: unknown;

  constructor({ status, headers }: ResponseHead, source: AnswerBody | undefined) {
    this.status = status;
    this.headers = headers;
    this.#source = source;
  }

  get body(): unknown {
    if (this.#source !== undefined) {
      this.#body = this.#source.parsed();
      this.#source = undefined;
    }
    return this.#body;
  }
}

/** Servers say for how long they keep an idle connection: `Keep-Alive: timeout=5`. */
const KEEP_ALIVE_SECONDS = /\btimeout=(\d{1,9})\b/i;

/** One connection to the target: one request at a time, as HTTP/1.1 clients do in practice. */
export class Connection {
  readonly #socket: Duplex;
  readonly #events: ConnectionEvents;
  readonly #reader: MessageReader<'response'>;
  #current: CurrentExchange | undefined;
  #isReady = false;
  #isGone = false;
  #failure = '';
  /** The bytes received are no complete message and never will be. */
  #isGarbled = false;
  /** What the server announced with its last answer, in ms; undefined when it said nothing. */
  announcedIdleMs: number | undefined;
  /** Set by the pool while it is idle. */
  idleSinceMs = 0;

  constructor(connect: Connect, events: ConnectionEvents) {
    this.#events = events;
    this.#reader = new MessageReader('response', {
      onHead: (head) => this.#onHead(head),
      onBody: (piece) => this.#current?.body?.take(piece),
      onEnd: () => {
        if (this.#current !== undefined) this.#current.isComplete = true;
      },
    });
    this.#socket = connect({
      onReady: () => this.#onReady(),
      onData: (chunk) => this.#onData(chunk),
    });
    this.#socket.on('end', () => this.#onEnd());
    this.#socket.on('error', (error) => {
      this.#failure = messageOf(error);
    });
    this.#socket.on('close', () => this.#onClose());
  }

  /** Only on a new connection or an idle one. */
  start(request: OutgoingRequest): Exchange {
    const current = new CurrentExchange(request, this);
    this.#current = current;
    if (this.#isReady) this.#write(current);
    return current;
  }

  /** Gives up on it, if it is still the present one. */
  cancel(exchange: Exchange): void {
    if (this.#current === exchange) this.destroy();
  }

  /** An exchange under way reports nothing. */
  destroy(): void {
    this.#current = undefined;
    this.#discard();
  }

  #onReady(): void {
    this.#isReady = true;
    if (this.#current !== undefined) this.#write(this.#current);
  }

  #write(current: CurrentExchange): void {
    current.wasWritten = true;
    this.#reader.expectResponseTo(current.request.method);
    this.#socket.write(current.request.bytes);
  }

  #onHead(head: ResponseHead): void {
    if (this.#current === undefined) return;
    this.#current.head = head;
    if (this.#current.request.ignoresBody === true) return;
    this.#current.body = answerBody(head.headers.get('content-type'));
  }

  #onData(chunk: Buffer): void {
    try {
      this.#reader.push(chunk);
      // The chunk's memory is used again for the next one.
      this.#reader.keep();
    } catch (error) {
      this.#failure = messageOf(error);
      this.#isGarbled = true;
      // A whole answer followed by bytes that nobody asked for is still a whole answer.
      this.#finish(this.#current?.isComplete === true ? this.#answer() : this.#brokenEnd());
      this.#discard();
      return;
    }
    if (this.#current?.isComplete === true) this.#complete();
  }

  #complete(): void {
    const head = this.#current?.head;
    const answer = this.#answer();
    const isReusable = head?.keepsAlive === true && this.#reader.isIdle && this.#socket.writable;
    this.announcedIdleMs = announcedIdleMs(head);
    this.#finish(answer);
    if (isReusable) this.#events.onIdle(this);
    else this.#discard();
  }

  /** The server will send no more: right for an answer that ends with its connection, wrong within any other. */
  #onEnd(): void {
    try {
      this.#reader.end();
    } catch (error) {
      this.#failure = messageOf(error);
      this.#isGarbled = true;
    }
    if (this.#current?.isComplete === true) this.#finish(this.#answer());
    else this.#finish(this.#brokenEnd());
    this.#discard();
  }

  #onClose(): void {
    this.#finish(this.#brokenEnd());
    this.#discard();
  }

  /** Tells the pool at once: the socket's own `close` comes a turn of the event loop later. */
  #discard(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#socket.destroy();
    this.#events.onGone(this);
  }

  #answer(): ExchangeEnd {
    const current = this.#current;
    if (current?.head === undefined) return this.#brokenEnd();
    return new WholeAnswer(current.head, current.body);
  }

  #brokenEnd(): ExchangeEnd {
    const reason = this.#failure === '' ? 'the other side closed the connection' : this.#failure;
    if (!this.#isReady) return { kind: 'connectError', reason };
    const hasBegun = this.#current?.head !== undefined || this.#isGarbled || !this.#reader.isIdle;
    return { kind: hasBegun ? 'truncated' : 'reset', reason };
  }

  #finish(end: ExchangeEnd): void {
    const current = this.#current;
    if (current === undefined) return;
    this.#current = undefined;
    current.request.onEnd(end);
  }
}

function announcedIdleMs(head: ResponseHead | undefined): number | undefined {
  const keepAlive = head?.headers.get('keep-alive');
  const announced = keepAlive === undefined ? undefined : KEEP_ALIVE_SECONDS.exec(keepAlive)?.[1];
  return announced === undefined ? undefined : Number(announced) * 1_000;
}
