import { Http1Error } from './http1-error.ts';
import { defaultHttp1Limits, type Http1Limits } from './http1-limits.ts';
import { LineCollector } from './line-collector.ts';
import {
  type HeadByKind,
  type MessageKind,
  parseRequestHead,
  parseResponseHead,
  type ResponseHead,
} from './message-head.ts';
import { parseFields } from './parse-fields.ts';

/** What raw bytes are part of. `framing`: chunk sizes and ends, trailers, an empty line before a request. */
export type MessagePart = 'head' | 'body' | 'framing';

/** Where the parts of each message go, in order: one `onHead`, any number of `onBody`, one `onEnd`. */
export interface MessageSink<Kind extends MessageKind> {
  onHead(head: HeadByKind[Kind]): void;
  /**
   * The body without chunk framing. A view of the pushed buffer: copy what is kept and small. Looked up for each piece:
   * without it a body is passed over.
   */
  onBody?: ((payload: Buffer) => void) | undefined;
  /** Trailer fields are checked and dropped. */
  onEnd(): void;
  /** A 1xx response; the one it announces is still to come. */
  onInterim?(head: ResponseHead): void;
  /**
   * Every byte exactly as it came, framing included, told just before what it means: a head's before `onHead` or
   * `onInterim`, a body's before `onBody`. Nothing is told of what cannot be understood: `detach` gives it back.
   */
  onRaw?(bytes: Buffer, part: MessagePart): void;
  /**
   * 101, or a successful answer to CONNECT: the connection speaks something else from here on, and the owner
   * takes what has come of it with `detach`. Without this callback a 101 is an error.
   */
  onSwitch?(head: ResponseHead): void;
}

/** Where the next byte belongs. */
type Phase =
  | 'head'
  | 'lengthBody'
  | 'untilCloseBody'
  | 'chunkSize'
  | 'chunkBody'
  | 'chunkEnd'
  | 'trailer'
  /** What comes is no HTTP. */
  | 'switched';

const HEAD_END = Buffer.from('\r\n\r\n');
/** 13 hexadecimal digits stay below 2^53. */
const CHUNK_SIZE = /^([0-9A-Fa-f]{1,13})(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?$/;

/**
 * Takes the bytes of one direction of an HTTP/1.1 connection in any pieces and tells its messages
 * apart (RFC 9112). Owns no socket. Strict: what two parsers could read differently is refused, since
 * that is how requests are smuggled past a proxy.
 */
export class MessageReader<Kind extends MessageKind> {
  readonly #kind: Kind;
  readonly #sink: MessageSink<Kind>;
  readonly #limits: Http1Limits;
  /** Methods of the requests whose responses are still to come, oldest first. */
  readonly #awaited: string[] = [];
  readonly #lines = new LineCollector();
  #phase: Phase = 'head';
  #isPaused = false;
  /** The end came while paused. */
  #isEnding = false;
  /** A head that is not complete yet, or what came while paused. */
  #held: Buffer | undefined;
  /** How much of `#held` was searched for the end of the head. */
  #searchedBytes = 0;
  /** Left of the body or of the present chunk. */
  #bytesLeft = 0;
  #trailerBytes = 0;
  /** How far into the present buffer `onRaw` has told. */
  #toldTo = 0;
  #mayStartBlank = true;
  #failure: Http1Error | undefined;
  /** What could not be understood, and what came with it. */
  #refused: Buffer | undefined;

  constructor(kind: Kind, sink: MessageSink<Kind>, limits: Http1Limits = defaultHttp1Limits) {
    this.#kind = kind;
    this.#sink = sink;
    this.#limits = limits;
  }

  /** True when no byte of a next message has come. A response may still be awaited: only its asker knows. */
  get isIdle(): boolean {
    return this.#phase === 'head' && this.#held === undefined;
  }

  /** Call when a request is sent, in order: the body of a response depends on what was asked. */
  expectResponseTo(method: string): void {
    this.#awaited.push(method);
  }

  /**
   * Leaves the bytes after the present callback unread until `resume` (an empty body still ends at once).
   * They are held here, so the owner pauses its socket as well.
   */
  pause(): void {
    this.#isPaused = true;
  }

  /** Goes on with what was held back. Throws like `push`. */
  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.#read(held);
    if (this.#isEnding) this.end();
  }

  /** Throws Http1Error on malformed input, and again on every later call. */
  push(chunk: Buffer): void {
    const buffer = this.#held === undefined ? chunk : Buffer.concat([this.#held, chunk]);
    if (this.#isPaused) {
      this.#held = buffer;
      return;
    }
    this.#held = undefined;
    this.#read(buffer);
  }

  /** Copies what is held of the chunks so far: their memory is about to be used again. */
  keep(): void {
    if (this.#held !== undefined) this.#held = Buffer.from(this.#held);
  }

  /** Gives up reading: what has come and was not told, also after a failure, is the caller's. */
  detach(): Buffer {
    const rest = this.#refused ?? this.#held ?? Buffer.alloc(0);
    this.#refused = undefined;
    this.#held = undefined;
    this.#phase = 'switched';
    return rest;
  }

  /** The peer will send no more. Throws `TRUNCATED` in the middle of a message; while paused, `resume` does. */
  end(): void {
    if (this.#failure !== undefined) throw this.#failure;
    this.#isEnding = true;
    if (this.#isPaused) return;
    if (this.#phase === 'untilCloseBody') {
      this.#finishMessage();
      return;
    }
    if (!this.isIdle && this.#phase !== 'switched') {
      this.#fail(new Http1Error('TRUNCATED', 'the connection ended inside a message'), this.#held);
    }
  }

  #read(buffer: Buffer): void {
    if (this.#failure !== undefined) throw this.#failure;
    this.#toldTo = 0;
    try {
      let position = 0;
      while (position !== -1 && position < buffer.length) {
        if (this.#isPaused) {
          this.#held = buffer.subarray(position);
          return;
        }
        position = this.#step(buffer, position);
      }
    } catch (error) {
      if (error instanceof Http1Error) this.#fail(error, buffer.subarray(this.#toldTo));
      throw error;
    }
  }

  /** Consumes one part of a message; the position after it, or -1 when the rest was kept for later. */
  #step(buffer: Buffer, position: number): number {
    switch (this.#phase) {
      case 'head':
        return this.#readHead(buffer, position);
      case 'lengthBody':
      case 'chunkBody':
        return this.#readCounted(buffer, position);
      case 'switched':
        this.#held = buffer.subarray(position);
        return -1;
      case 'untilCloseBody':
        this.#tell(buffer, position, buffer.length, 'body');
        this.#sink.onBody?.(buffer.subarray(position));
        return buffer.length;
      case 'chunkSize':
        return this.#readLine(buffer, position, this.#limits.chunkLineBytesMax, () => this.#beginChunk());
      case 'chunkEnd':
        return this.#readLine(buffer, position, 2, () => {
          this.#phase = 'chunkSize';
        });
      case 'trailer':
        break;
    }
    const bytesMax = this.#limits.headBytesMax - this.#trailerBytes;
    return this.#readLine(buffer, position, bytesMax, () => this.#takeTrailer());
  }

  #readHead(buffer: Buffer, start: number): number {
    let position = start;
    if (this.#mayStartBlank && this.#kind === 'request' && buffer[position] === 13) {
      // One empty line before a request is to be ignored (RFC 9112 §2.2): old clients sent it after a body.
      if (buffer.length - position === 1) return this.#keepHead(buffer, position);
      if (buffer[position + 1] === 10) {
        this.#mayStartBlank = false;
        position += 2;
        this.#tell(buffer, start, position, 'framing');
        if (position === buffer.length) return position;
      }
    }
    const searchFrom = position + Math.max(this.#searchedBytes - HEAD_END.length, 0);
    const end = buffer.indexOf(HEAD_END, searchFrom);
    const bytes = end === -1 ? buffer.length - position : end + HEAD_END.length - position;
    if (end === -1 || bytes > this.#limits.headBytesMax) {
      this.#refuseHopelessHead(buffer.subarray(position, position + this.#limits.headBytesMax), bytes);
      return this.#keepHead(buffer, position);
    }
    this.#searchedBytes = 0;
    this.#mayStartBlank = true;
    this.#takeHead(buffer, position, position + bytes);
    return position + bytes;
  }

  #keepHead(buffer: Buffer, position: number): number {
    this.#held = buffer.subarray(position);
    this.#searchedBytes = this.#held.length;
    return -1;
  }

  /** Says early, and in the same words as for a complete head, what can no longer become right. */
  #refuseHopelessHead(head: Buffer, bytes: number): void {
    const from = Math.max(this.#searchedBytes - 1, 0);
    for (let feed = head.indexOf(10, from); feed !== -1; feed = head.indexOf(10, feed + 1)) {
      const isBroken = feed < 2 || head[feed - 1] !== 13;
      if (isBroken) this.#parseHead(head.toString('latin1', 0, feed + 1));
    }
    if (bytes > this.#limits.headBytesMax) {
      throw new Http1Error('HEAD_TOO_LARGE', `the header block exceeds ${this.#limits.headBytesMax} bytes`);
    }
  }

  #takeHead(buffer: Buffer, start: number, end: number): void {
    const head = this.#parseHead(buffer.toString('latin1', start, end - 2));
    if (head.kind === 'request') {
      this.#tell(buffer, start, end, 'head');
      this.#begin(head as HeadByKind[Kind]);
      return;
    }
    const { status } = head;
    const isSwitch = status === 101 || (this.#awaited[0] === 'CONNECT' && status >= 200 && status < 300);
    if (isSwitch && this.#sink.onSwitch !== undefined) {
      this.#tell(buffer, start, end, 'head');
      this.#phase = 'switched';
      this.#sink.onSwitch(head);
      return;
    }
    if (status === 101) throw new Http1Error('UNEXPECTED_RESPONSE', '101 came without an upgrade request');
    this.#tell(buffer, start, end, 'head');
    if (status < 200) {
      this.#sink.onInterim?.(head);
      return;
    }
    this.#awaited.shift();
    this.#begin(head as HeadByKind[Kind]);
  }

  /** `text`: without the blank line. */
  #parseHead(text: string): HeadByKind[MessageKind] {
    const { headerCountMax } = this.#limits;
    if (this.#kind === 'request') return parseRequestHead(text, headerCountMax);
    const method = this.#awaited[0];
    if (method === undefined) {
      throw new Http1Error('UNEXPECTED_RESPONSE', 'a response came without a request');
    }
    return parseResponseHead(text, headerCountMax, method);
  }

  #begin(head: HeadByKind[Kind]): void {
    const { framing } = head;
    const isEmpty = framing.kind === 'none' || (framing.kind === 'length' && framing.bytes === 0);
    if (framing.kind === 'length') this.#bytesLeft = framing.bytes;
    if (framing.kind === 'chunked') this.#phase = 'chunkSize';
    else if (framing.kind === 'untilClose') this.#phase = 'untilCloseBody';
    else if (!isEmpty) this.#phase = 'lengthBody';
    this.#sink.onHead(head);
    if (isEmpty) this.#finishMessage();
  }

  #readCounted(buffer: Buffer, position: number): number {
    const end = Math.min(position + this.#bytesLeft, buffer.length);
    this.#bytesLeft -= end - position;
    const isLast = this.#bytesLeft === 0;
    const isWhole = isLast && this.#phase === 'lengthBody';
    if (isLast && !isWhole) this.#phase = 'chunkEnd';
    this.#tell(buffer, position, end, 'body');
    this.#sink.onBody?.(buffer.subarray(position, end));
    if (isWhole) this.#finishMessage();
    return end;
  }

  #readLine(buffer: Buffer, position: number, bytesMax: number, onLine: () => void): number {
    const next = this.#lines.take(buffer, position, bytesMax);
    this.#tell(buffer, position, next === -1 ? buffer.length : next, 'framing');
    if (next !== -1) onLine();
    return next;
  }

  #beginChunk(): void {
    const match = CHUNK_SIZE.exec(this.#lines.line);
    if (match === null) throw new Http1Error('BAD_CHUNK', 'a chunk does not begin with its size');
    this.#bytesLeft = Number.parseInt(match[1] ?? '', 16);
    this.#trailerBytes = 0;
    this.#phase = this.#bytesLeft === 0 ? 'trailer' : 'chunkBody';
  }

  #takeTrailer(): void {
    const { line } = this.#lines;
    if (line === '') {
      this.#finishMessage();
      return;
    }
    this.#trailerBytes += line.length + 2;
    parseFields(`${line}\r\n`, 0, 1);
  }

  #finishMessage(): void {
    this.#phase = 'head';
    this.#sink.onEnd();
  }

  #tell(buffer: Buffer, from: number, to: number, part: MessagePart): void {
    this.#toldTo = to;
    if (this.#sink.onRaw !== undefined) this.#sink.onRaw(buffer.subarray(from, to), part);
  }

  #fail(error: Http1Error, rest: Buffer | undefined): never {
    this.#failure = error;
    this.#refused = rest;
    this.#held = undefined;
    throw error;
  }
}
