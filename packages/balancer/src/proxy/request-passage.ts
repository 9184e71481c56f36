import type { RequestHead } from '@stormcart/core';
import type { Backend } from '../backend/backend.ts';
import type { AnswerListener, UpstreamConnection } from '../backend/upstream-connection.ts';
import type { RequestTarget } from '../route/request-target.ts';
import { forwardedRequest } from './forward-head.ts';
import type { ProxyContext } from './proxy-context.ts';
import { ReplayBuffer } from './replay-buffer.ts';
import type { RequestRecord } from './request-record.ts';

/** A request on its way to a back end, and from its beginning to another one where that does no harm. */
export class RequestPassage {
  readonly #head: RequestHead;
  readonly #context: ProxyContext;
  readonly #record: RequestRecord;
  readonly #replay: ReplayBuffer;
  #connection: UpstreamConnection | undefined;
  #isComplete: boolean;
  #bodyBytes = 0;
  #target: RequestTarget = { path: '/', forwarded: '/', authority: undefined };

  constructor(head: RequestHead, context: ProxyContext, record: RequestRecord) {
    this.#head = head;
    this.#context = context;
    this.#record = record;
    this.#replay = new ReplayBuffer(head.method);
    const { framing } = head;
    this.#isComplete = framing.kind === 'none' || (framing.kind === 'length' && framing.bytes === 0);
  }

  /** Whether the client has sent all of it. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Whether it may be sent again from the beginning. */
  get isRepeatable(): boolean {
    return this.#replay.isComplete;
  }

  /** Of the body, as far as it came. */
  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  /** Where it goes, once that is known. */
  aimAt(target: RequestTarget): void {
    this.#target = target;
  }

  /** Sends what there is of it; the answer goes to the listener. */
  begin(connection: UpstreamConnection, backend: Backend, listener: AnswerListener): void {
    this.#connection = connection;
    connection.assign(listener, this.#head.method);
    connection.writer.head(this.#headFor(backend), this.#head.framing);
    for (const part of this.#replay.parts) connection.writer.body(part);
    if (!this.#isComplete) return;
    connection.writer.end();
    connection.writer.flush();
  }

  body(payload: Buffer): void {
    this.#bodyBytes += payload.length;
    this.#replay.add(payload);
    this.#connection?.writer.body(payload);
  }

  end(): void {
    this.#isComplete = true;
    this.#connection?.writer.end();
  }

  /** Nothing more goes to this connection. */
  leave(): void {
    this.#connection = undefined;
  }

  #headFor({ config: { host, port } }: Backend): string {
    const { client: clientAddress, requestId, heldMs } = this.#record;
    return forwardedRequest(this.#head, {
      target: this.#target,
      backendAuthority: `${host.includes(':') ? `[${host}]` : host}:${port}`,
      clientAddress,
      scheme: this.#context.scheme,
      trustsForwardedFor: this.#context.config.trustsForwardedFor,
      requestId,
      heldMs,
    });
  }
}
