import type { Socket } from 'node:net';

/** Writes what one read brought in one go: pieces that lie side by side in memory become one. */
export class SpanWriter {
  readonly #socket: Socket;
  #pending: Buffer | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  write(bytes: Buffer): void {
    const pending = this.#pending;
    const isNext =
      pending !== undefined &&
      pending.buffer === bytes.buffer &&
      pending.byteOffset + pending.length === bytes.byteOffset;
    if (isNext) {
      this.#pending = Buffer.from(pending.buffer, pending.byteOffset, pending.length + bytes.length);
      return;
    }
    this.flush();
    if (bytes.length > 0) this.#pending = bytes;
  }

  flush(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending !== undefined && this.#socket.writable) this.#socket.write(pending);
  }

  get isFull(): boolean {
    return this.#socket.writable && this.#socket.writableNeedDrain;
  }
}
