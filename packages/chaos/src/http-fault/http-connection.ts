import type { Socket } from 'node:net';
import { type Clock, Http1Error, MessageReader, type RequestHead, type ResponseHead } from '@stormcart/core';
import type { Upstream } from '../proxy/upstream.ts';
import type { Affliction } from './active-http-fault.ts';
import { closeLingering } from './close-lingering.ts';
import { Exchange, type ExchangeSides } from './exchange.ts';
import type { Ending } from './http-fault-kind.ts';
import { ServerSide } from './server-side.ts';
import { SpanWriter } from './span-writer.ts';

export interface HttpConnectionOptions {
  readonly client: Socket;
  readonly upstream: Upstream;
  readonly clock: Clock;
  /** What befalls this request. Asked once for each. */
  readonly afflictionsOf: (head: RequestHead) => readonly Affliction[];
  readonly onClose: (connection: HttpConnection) => void;
}

const NOTHING = Buffer.alloc(0);

/**
 * One client's connection and its twin to the server. Requests are taken one after the other, pipelined ones wait;
 * what no fault befalls goes on byte for byte. Where either side speaks something that cannot be read as HTTP/1.1,
 * or changes to another protocol, both are only carried on from there.
 */
export class HttpConnection implements ExchangeSides {
  readonly #options: HttpConnectionOptions;
  readonly #client: Socket;
  readonly #toClient: SpanWriter;
  readonly #requests: MessageReader<'request'>;
  #server: ServerSide;
  #exchange: Exchange | undefined;
  /** A head as it came, until the callback that follows it. */
  #rawRequestHead: Buffer = NOTHING;
  #rawAnswerHead: Buffer = NOTHING;
  #isTunnel = false;
  #isSwitching = false;
  #isClosing = false;
  #hasClientEnded = false;
  #hasBegun = false;
  #cancelLinger: () => void = () => undefined;

  constructor(options: HttpConnectionOptions) {
    this.#options = options;
    this.#client = options.client;
    this.#toClient = new SpanWriter(options.client);
    this.#requests = new MessageReader('request', {
      onRaw: (bytes, part) => {
        if (part === 'head') this.#rawRequestHead = bytes;
        else if (this.#exchange !== undefined) this.#exchange.onRequestBytes(bytes);
        else this.toServer(bytes);
      },
      onHead: (head) => this.#onRequestHead(head),
      onEnd: () => {
        // The next one waits until this one is answered.
        this.#requests.pause();
        this.#exchange?.onRequestEnd();
      },
    });
    this.#server = this.#connect();
    const client = options.client;
    client.on('data', (chunk: Buffer) => this.#onClientData(chunk));
    client.on('drain', () => this.settle());
    client.once('end', () => this.#onClientEnd());
    // What an error means for the server follows from 'close'.
    client.on('error', () => undefined);
    client.once('close', (hadError) => this.#onClientClose(hadError));
    this.#steer();
  }

  // What exchanges ask for.

  sendRequest(method: string, head: Buffer, wasHeld: boolean): void {
    // A server closes connections that are idle for some seconds; a request may be held back for longer.
    if (wasHeld && (this.#server.hasEnded || this.#server.socket.destroyed)) {
      this.#server.drop(false);
      this.#server = this.#connect();
    }
    this.#server.answers.expectResponseTo(method);
    this.toServer(head);
  }

  toServer(bytes: Buffer): void {
    this.#server.writer.write(bytes);
  }

  toClient(bytes: Buffer): void {
    this.#toClient.write(bytes);
  }

  resumeRequest(): void {
    if (this.#exchange?.isRequestComplete === false) this.#read(() => this.#requests.resume());
  }

  pauseAnswer(): void {
    this.#server.answers.pause();
  }

  resumeAnswer(): void {
    if (this.#isClosing) return;
    this.#read(() => this.#server.answers.resume());
    if (this.#server.hasEnded) this.#onServerGone();
  }

  finish(closes: boolean): void {
    this.#endExchange();
    if (closes || this.#server.hasEnded) this.#closeSoon();
    else this.#read(() => this.#requests.resume());
  }

  cut(ending: Ending): void {
    if (ending === 'close') {
      this.#closeSoon();
      return;
    }
    this.#endExchange();
    this.#isClosing = true;
    this.#toClient.flush();
    this.#client.resetAndDestroy();
  }

  after(ms: number, callback: () => void): () => void {
    return this.#options.clock.after(ms, () => {
      callback();
      this.settle();
    });
  }

  /** The end of every event: sends what was gathered, hands ends on, and stops or goes on reading. */
  settle(): void {
    if (this.#isClosing) return;
    this.#toClient.flush();
    this.#server.writer.flush();
    if (this.#hasClientEnded) this.#handOnClientEnd();
    this.#steer();
  }

  /** The forwarder goes away. */
  destroy(): void {
    this.#client.destroy();
  }

  // The client's side.

  #onClientData(chunk: Buffer): void {
    if (this.#isClosing) return;
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      // No method begins like this: TLS would send its first record and wait for ever to have it answered.
      if (!METHOD_START.test(String.fromCharCode(chunk[0] ?? 0))) this.#tunnel();
    }
    if (this.#isTunnel) this.toServer(chunk);
    else this.#read(() => this.#requests.push(chunk));
    this.settle();
  }

  #onRequestHead(head: RequestHead): void {
    const exchange = new Exchange(head, this.#rawRequestHead, this.#options.afflictionsOf(head), this);
    this.#rawRequestHead = NOTHING;
    this.#exchange = exchange;
    exchange.start();
    if (exchange.holdsRequest) this.#requests.pause();
  }

  #onClientEnd(): void {
    this.#hasClientEnded = true;
    this.settle();
  }

  /** Once nothing of the client's is still here; in the middle of a message it is the server's to judge. */
  #handOnClientEnd(): void {
    const exchange = this.#exchange;
    if (exchange !== undefined && !this.#isTunnel) {
      if (exchange.holdsRequest) return;
      if (exchange.isRequestComplete && !this.#requests.isIdle) return;
      if (!exchange.isSent) {
        if (!exchange.isRequestComplete) this.#client.destroy();
        return;
      }
    }
    this.toServer(this.#requests.detach());
    this.#server.writer.flush();
    this.#server.socket.end();
  }

  #onClientClose(hadError: boolean): void {
    this.#endExchange();
    this.#isClosing = true;
    this.#cancelLinger();
    this.#server.drop(hadError || !this.#hasClientEnded);
    this.#options.onClose(this);
  }

  // The server's side.

  #connect(): ServerSide {
    const side: ServerSide = new ServerSide({
      upstream: this.#options.upstream,
      clock: this.#options.clock,
      sink: {
        onRaw: (bytes, part) => {
          if (part === 'head') this.#rawAnswerHead = bytes;
          else this.#exchange?.onAnswerBytes(bytes, part);
        },
        onInterim: () => this.#exchange?.onInterim(this.#rawAnswerHead),
        onHead: (head: ResponseHead) => this.#exchange?.onAnswerHead(head, this.#rawAnswerHead),
        onEnd: () => this.#exchange?.onAnswerEnd(),
        onSwitch: () => {
          this.toClient(this.#rawAnswerHead);
          this.#isSwitching = true;
        },
      },
      onData: (chunk) => this.#onServerData(chunk),
      onDrain: () => this.settle(),
      onEnd: () => this.#onServerEnd(),
      onClose: (isReset) => {
        if (side === this.#server) this.#onServerClose(isReset);
      },
    });
    return side;
  }

  #onServerData(chunk: Buffer): void {
    if (this.#isClosing) return;
    // Nothing was asked: a server's last word before it closes, or no HTTP at all.
    if (this.#exchange?.isSent !== true && !this.#isTunnel) this.#onUnreadable();
    if (this.#isTunnel) this.toClient(chunk);
    else this.#read(() => this.#server.answers.push(chunk));
    if (this.#isSwitching || this.#isTunnel) this.#tunnel();
    this.settle();
  }

  #onServerEnd(): void {
    if (this.#isClosing) return;
    if (!this.#isTunnel) this.#read(() => this.#server.answers.end());
    this.#onServerGone();
    this.settle();
  }

  #onServerGone(): void {
    if (this.#exchange?.outlivesServer() === true || this.#isClosing) return;
    this.#toClient.flush();
    this.#client.end();
  }

  #onServerClose(isReset: boolean): void {
    if (this.#exchange?.outlivesServer() === true || this.#isClosing) return;
    this.#toClient.flush();
    if (isReset) this.#client.resetAndDestroy();
    else this.#closeSoon();
  }

  // Both.

  #endExchange(): void {
    this.#exchange?.abandon();
    this.#exchange = undefined;
  }

  #read(advance: () => void): void {
    try {
      advance();
    } catch (error) {
      if (!(error instanceof Http1Error)) throw error;
      // What is missing of a message is for the other side to notice: its end follows.
      if (error.code !== 'TRUNCATED') this.#onUnreadable();
    }
  }

  #onUnreadable(): void {
    if (this.#isClosing || this.#isTunnel) return;
    // Bytes are missing or others were sent already: what follows would be misread.
    if (this.#exchange?.isAfflicted === true) this.#client.resetAndDestroy();
    else this.#tunnel();
  }

  /** From now on bytes only pass. Called again, it lets go what a reader has kept since. */
  #tunnel(): void {
    this.#isTunnel = true;
    this.#endExchange();
    this.toServer(this.#requests.detach());
    this.toClient(this.#server.answers.detach());
  }

  #steer(): void {
    const exchange = this.#exchange;
    const isBlocked = exchange !== undefined && (exchange.holdsRequest || exchange.isRequestComplete);
    // Idle, it reads on: else nobody would notice that the client has gone.
    const hasKept = isBlocked && !this.#requests.isIdle;
    steer(this.#client, this.#server.writer.isFull || hasKept);
    steer(this.#server.socket, this.#toClient.isFull || exchange?.holdsAnswer === true);
  }

  #closeSoon(): void {
    this.#endExchange();
    this.#isClosing = true;
    this.#toClient.flush();
    this.#server.drop(false);
    this.#cancelLinger = closeLingering(this.#client, this.#options.clock);
  }
}

/** A token's first character (RFC 9110 §9.1), or the empty line that old clients send before a request. */
const METHOD_START = /[A-Za-z0-9!#$%&'*+.^_`|~\r-]/;

function steer(socket: Socket, shouldPause: boolean): void {
  if (shouldPause) socket.pause();
  else if (socket.isPaused()) socket.resume();
}
