import { connect, type Socket } from 'node:net';
import { type Clock, MessageReader, type MessageSink } from '@stormcart/core';
import type { Upstream } from '../proxy/upstream.ts';
import { SpanWriter } from './span-writer.ts';

/** A server that answers nothing in this time is taken for dead and the client is let go. */
const CONNECT_TIMEOUT_MS = 10_000;

export interface ServerSideOptions {
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly sink: MessageSink<'response'>;
  onData(chunk: Buffer): void;
  onDrain(): void;
  /** It sends no more, and everything that it sent has been told. */
  onEnd(): void;
  /** `isReset`: without an end first. */
  onClose(isReset: boolean): void;
}

/** One connection to the server behind the forwarder. */
export class ServerSide {
  readonly socket: Socket;
  readonly writer: SpanWriter;
  readonly answers: MessageReader<'response'>;
  hasEnded = false;
  #isConnected = false;

  constructor(options: ServerSideOptions) {
    this.socket = connect({ ...options.upstream.target, allowHalfOpen: true, noDelay: true });
    this.writer = new SpanWriter(this.socket);
    this.answers = new MessageReader('response', options.sink);
    const { socket } = this;
    const cancelTimeout = options.clock.after(CONNECT_TIMEOUT_MS, () => socket.destroy());
    socket.once('connect', () => {
      this.#isConnected = true;
      cancelTimeout();
    });
    socket.on('data', (chunk: Buffer) => options.onData(chunk));
    socket.on('drain', () => options.onDrain());
    socket.once('end', () => {
      this.hasEnded = true;
      options.onEnd();
    });
    // What an error means for the client follows from 'close'.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      cancelTimeout();
      options.onClose(this.#isConnected && !this.hasEnded);
    });
  }

  /** Without a trace in the connection's callbacks. */
  drop(isReset: boolean): void {
    this.socket.removeAllListeners('data').removeAllListeners('end').removeAllListeners('drain');
    if (isReset && this.#isConnected) this.socket.resetAndDestroy();
    else this.socket.destroy();
  }
}
