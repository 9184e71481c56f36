import type { Duplex } from 'node:stream';
import {
  type HeaderList,
  MessageReader,
  type MessageSink,
  messageOf,
  type ResponseHead,
} from '@stormcart/core';
import { type AnswerBody, answerBody } from './answer-body.ts';
import type { Answer, Carrier, ExchangeEnd, OutgoingRequest } from './exchange.ts';
import type { Connect } from './target.ts';

export interface ConnectionEvents {
  /** The answer was read whole and the connection can carry another request. */
  onIdle(connection: Connection): void;
  /** It is closed, by whomever; an idle one must not be handed out any more. */
  onGone(connection: Connection): void;
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
export class Connection implements Carrier {
  readonly #socket: Duplex;
  readonly #events: ConnectionEvents;
  readonly #reader: MessageReader<'response'>;
  readonly #sink: MessageSink<'response'>;
  /** The request under way, and what has come of its answer. */
  #current: OutgoingRequest | undefined;
  #head: ResponseHead | undefined;
  #body: AnswerBody | undefined;
  #isComplete = false;
  #isReady = false;
  #isGone = false;
  #failure = '';
  /** The bytes received are no complete message and never will be. */
  #isGarbled = false;
  /** The head that this was last read from: answers with the same head share it. */
  #announcing: ResponseHead | undefined;
  /** What the server announced with its last answer, in ms; undefined when it said nothing. */
  announcedIdleMs: number | undefined;
  /** Set by the pool while it is idle. */
  idleSinceMs = 0;

  constructor(connect: Connect, events: ConnectionEvents) {
    this.#events = events;
    this.#sink = {
      onHead: (head) => this.#onHead(head),
      onBody: undefined,
      onEnd: () => {
        this.#isComplete = this.#current !== undefined;
      },
    };
    this.#reader = new MessageReader('response', this.#sink);
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
  start(request: OutgoingRequest): void {
    this.#current = request;
    this.#head = undefined;
    this.#body = undefined;
    this.#sink.onBody = undefined;
    this.#isComplete = false;
    if (this.#isReady) this.#write(request);
  }

  cancel(request: OutgoingRequest): void {
    if (this.#current === request) this.destroy();
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

  #write(request: OutgoingRequest): void {
    request.wasWritten = true;
    this.#reader.expectResponseTo(request.method);
    this.#socket.write(request.bytes, 'latin1');
  }

  #onHead(head: ResponseHead): void {
    if (this.#current === undefined) return;
    this.#head = head;
    this.#body =
      this.#current.ignoresBody === true ? undefined : answerBody(head.headers.get('content-type'));
    this.#sink.onBody = this.#body?.take;
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
      this.#finish(this.#isComplete ? this.#answer() : this.#brokenEnd());
      this.#discard();
      return;
    }
    if (this.#isComplete && this.#current !== undefined) this.#complete();
  }

  #complete(): void {
    const head = this.#head;
    const answer = this.#answer();
    const isReusable = head?.keepsAlive === true && this.#reader.isIdle && this.#socket.writable;
    if (head !== this.#announcing) {
      this.#announcing = head;
      this.announcedIdleMs = announcedIdleMs(head);
    }
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
    if (this.#isComplete) this.#finish(this.#answer());
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
    return this.#head === undefined ? this.#brokenEnd() : new WholeAnswer(this.#head, this.#body);
  }

  #brokenEnd(): ExchangeEnd {
    const reason = this.#failure === '' ? 'the other side closed the connection' : this.#failure;
    if (!this.#isReady) return { kind: 'connectError', reason };
    const hasBegun = this.#head !== undefined || this.#isGarbled || !this.#reader.isIdle;
    return { kind: hasBegun ? 'truncated' : 'reset', reason };
  }

  #finish(end: ExchangeEnd): void {
    const current = this.#current;
    if (current === undefined) return;
    this.#current = undefined;
    current.onEnd(end);
  }
}

function announcedIdleMs(head: ResponseHead | undefined): number | undefined {
  const keepAlive = head?.headers.get('keep-alive');
  const announced = keepAlive === undefined ? undefined : KEEP_ALIVE_SECONDS.exec(keepAlive)?.[1];
  return announced === undefined ? undefined : Number(announced) * 1_000;
}
