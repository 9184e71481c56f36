import { connect, type Socket } from 'node:net';
import { type Address, Http1Error, MessageReader, type ResponseHead } from '@stormcart/core';
import { MessageWriter } from '../proxy/message-writer.ts';

/** Why an answer will not come, or not to its end. */
export type UpstreamFailure =
  /** Closed before the first byte of the answer. `isReused`: it may just have been idle for too long. */
  | { readonly kind: 'noAnswer'; readonly isReused: boolean; readonly reason: string }
  | { readonly kind: 'brokenAnswer'; readonly reason: string };

/** Who waits for the answer on a connection. */
export interface AnswerListener {
  onInterim(head: ResponseHead): void;
  onAnswerHead(head: ResponseHead): void;
  onAnswerBody(payload: Buffer): void;
  onAnswerEnd(): void;
  /** One read from the socket has been passed on completely. */
  onAnswerRead(): void;
  onAnswerFailure(failure: UpstreamFailure): void;
  /** The connection takes more of the request's body again. */
  onUpstreamDrain(): void;
}

export interface ConnectionOwner {
  onConnected(connection: UpstreamConnection): void;
  /** Never got connected. */
  onRefused(connection: UpstreamConnection, reason: string): void;
  /** Was connected and is gone. */
  onClosed(connection: UpstreamConnection): void;
}

/** One keep-alive connection to a back end; one request at a time. */
export class UpstreamConnection {
  readonly writer: MessageWriter;
  /** When it last became idle. */
  idleSinceMs = 0;
  readonly #socket: Socket;
  readonly #reader: MessageReader<'response'>;
  #listener: AnswerListener | undefined;
  /** Its answer is complete, and it has not been told yet. */
  #served: AnswerListener | undefined;
  #isConnected = false;
  #keepsAlive = true;
  #hasAnswerBytes = false;
  #servedCount = 0;
  #reason = 'the back end closed the connection';

  constructor(address: Address, owner: ConnectionOwner) {
    this.#socket = connect({ host: address.host, port: address.port, noDelay: true });
    this.writer = new MessageWriter(this.#socket);
    this.#reader = new MessageReader('response', {
      onInterim: (head) => this.#listener?.onInterim(head),
      onHead: (head) => {
        this.#keepsAlive = head.keepsAlive;
        this.#listener?.onAnswerHead(head);
      },
      onBody: (payload) => this.#listener?.onAnswerBody(payload),
      onEnd: () => {
        // Told after the whole chunk was read: bytes behind this answer must not meet the next request.
        this.#served = this.#listener;
        this.#listener = undefined;
        this.#servedCount += 1;
      },
    });
    this.#socket.on('connect', () => {
      this.#isConnected = true;
      owner.onConnected(this);
    });
    this.#socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    this.#socket.on('drain', () => this.#listener?.onUpstreamDrain());
    this.#socket.on('end', () => this.#onEnd());
    this.#socket.on('error', (error) => {
      this.#reason = error.message;
    });
    this.#socket.on('close', () => {
      const listener = this.#listener;
      this.#listener = undefined;
      if (this.#isConnected) owner.onClosed(this);
      else owner.onRefused(this, this.#reason);
      listener?.onAnswerFailure(this.#failure());
    });
  }

  /** Whether it may carry another request. */
  get isReusable(): boolean {
    return this.#keepsAlive && this.#listener === undefined && this.#socket.writable && this.#reader.isIdle;
  }

  /** From now on answers go to this listener. The request itself is written through `writer`. */
  assign(listener: AnswerListener, method: string): void {
    this.#listener = listener;
    this.#hasAnswerBytes = false;
    this.#reader.expectResponseTo(method);
  }

  /** Stops reading answers until `resume`: the client takes them too slowly. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Closes at once; the listener is not told. */
  destroy(): void {
    this.#listener = undefined;
    this.#socket.destroy();
  }

  #onData(chunk: Buffer): void {
    this.#hasAnswerBytes = true;
    try {
      this.#reader.push(chunk);
    } catch (error) {
      if (!(error instanceof Http1Error)) throw error;
      this.#breakOff(`malformed answer: ${error.message}`);
    }
    this.#tellProgress();
  }

  #onEnd(): void {
    this.#keepsAlive = false;
    try {
      this.#reader.end();
    } catch (error) {
      if (!(error instanceof Http1Error)) throw error;
      this.#reason = 'the back end closed the connection inside its answer';
    }
    this.#tellProgress();
    this.#socket.destroy();
  }

  #tellProgress(): void {
    const served = this.#served;
    this.#served = undefined;
    if (served === undefined) this.#listener?.onAnswerRead();
    else served.onAnswerEnd();
  }

  #breakOff(reason: string): void {
    this.#reason = reason;
    this.#keepsAlive = false;
    this.#socket.destroy();
  }

  #failure(): UpstreamFailure {
    if (this.#hasAnswerBytes) return { kind: 'brokenAnswer', reason: this.#reason };
    return { kind: 'noAnswer', isReused: this.#servedCount > 0, reason: this.#reason };
  }
}
