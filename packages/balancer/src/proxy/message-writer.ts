import type { Socket } from 'node:net';
import type { BodyFraming } from '@stormcart/core';

/** Pieces that together are smaller are copied into one write: cheaper than a vectored write of several. */
const COPY_BYTES_MAX = 32 * 1024;

const LAST_CHUNK = '0\r\n\r\n';

/** Writes messages to a socket in as few system calls as it can: pieces gather until `flush`. */
export class MessageWriter {
  readonly #socket: Socket;
  #pieces: (string | Buffer)[] = [];
  #gatheredBytes = 0;
  #isChunked = false;
  /** Bytes of the present message, head and framing included. */
  messageBytes = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Begins a message. `text` is the complete head, Latin-1, blank line included. */
  head(text: string, framing: BodyFraming): void {
    this.#isChunked = framing.kind === 'chunked';
    this.messageBytes = 0;
    this.#gather(text);
  }

  /** Writes text as it is, apart from any message (an interim response). */
  raw(text: string): void {
    this.#gather(text);
  }

  body(payload: Buffer): void {
    if (this.#isChunked) this.#gather(`${payload.length.toString(16)}\r\n`);
    this.#gather(payload);
    if (this.#isChunked) this.#gather('\r\n');
  }

  end(): void {
    if (this.#isChunked) this.#gather(LAST_CHUNK);
    this.#isChunked = false;
  }

  /** Hands everything to the socket; false asks to wait for its `drain` before producing more. */
  flush(): boolean {
    const pieces = this.#pieces;
    if (pieces.length === 0) return !this.#socket.writableNeedDrain;
    const bytes = this.#gatheredBytes;
    this.#pieces = [];
    this.#gatheredBytes = 0;
    if (!this.#socket.writable) return true;
    const [first] = pieces;
    if (pieces.length === 1 && first !== undefined) return this.#write(first);
    if (bytes <= COPY_BYTES_MAX) return this.#write(joined(pieces, bytes));
    this.#socket.cork();
    for (const piece of pieces) this.#write(piece);
    this.#socket.uncork();
    return !this.#socket.writableNeedDrain;
  }

  #gather(piece: string | Buffer): void {
    this.#pieces.push(piece);
    this.#gatheredBytes += piece.length;
    this.messageBytes += piece.length;
  }

  #write(piece: string | Buffer): boolean {
    return typeof piece === 'string' ? this.#socket.write(piece, 'latin1') : this.#socket.write(piece);
  }
}

function joined(pieces: readonly (string | Buffer)[], bytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(bytes);
  let offset = 0;
  for (const piece of pieces) {
    if (typeof piece === 'string') offset += buffer.write(piece, offset, 'latin1');
    else offset += piece.copy(buffer, offset);
  }
  return buffer;
}
