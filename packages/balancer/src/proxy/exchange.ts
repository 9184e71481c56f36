import type { Http1Error, RequestHead, ResponseHead } from '@stormcart/core';
import type { Backend } from '../backend/backend.ts';
import type { Acquirer } from '../backend/connection-pool.ts';
import type { AnswerListener, UpstreamConnection, UpstreamFailure } from '../backend/upstream-connection.ts';
import type { BackendPool } from '../route/backend-pool.ts';
import { type RequestTarget, targetOf } from '../route/request-target.ts';
import type { Route } from '../route/router.ts';
import { clientAddressOf } from './client-address.ts';
import { forwardedInterim, forwardedRequest, forwardedResponse, framingForClient } from './forward-head.ts';
import type { MessageWriter } from './message-writer.ts';
import { type ProblemName, problemResponse, statusOf } from './problem.ts';
import type { ProxyContext } from './proxy-context.ts';
import { recordRequest } from './record-request.ts';
import { ReplayBuffer } from './replay-buffer.ts';
import { RetryAllowance } from './retry-allowance.ts';

/** What an exchange may do to the client's connection. */
export interface ClientSide {
  readonly address: string;
  readonly writer: MessageWriter;
  expectProgressWithin(ms: number): void;
  holdBody(): void;
  /** Lets the request's body come; ends in `onRequestRead` unless it is complete already. */
  resumeBody(): void;
  /** The answer is written. */
  finish(closes: boolean): void;
  /** The answer cannot be completed: the client must see that it is cut off. */
  abort(isCloseDelimited: boolean): void;
}

type Phase = 'connecting' | 'awaiting' | 'answering' | 'ended';

/** One request and its answer, from the client's head to the line in the access log. */
export class Exchange implements AnswerListener, Acquirer {
  readonly #head: RequestHead;
  readonly #client: ClientSide;
  readonly #context: ProxyContext;
  readonly #requestId: string;
  readonly #startMs: number;
  readonly #startWallMs: number;
  readonly #replay: ReplayBuffer;
  readonly #retries: RetryAllowance;
  readonly #tried: Backend[] = [];
  #phase: Phase = 'connecting';
  #target: RequestTarget | undefined;
  #route: Route<BackendPool> | undefined;
  #backend: Backend | undefined;
  #backendName: string | null = null;
  #connection: UpstreamConnection | undefined;
  #isRequestComplete: boolean;
  #bodyBytes = 0;
  #status: number | null = null;
  #closes = false;
  #isCloseDelimited = false;
  #isClientSlow = false;
  #isBackendSlow = false;

  constructor(head: RequestHead, client: ClientSide, context: ProxyContext) {
    this.#head = head;
    this.#client = client;
    this.#context = context;
    this.#requestId = context.requestIdFor(head.headers.get('x-request-id'));
    this.#retries = new RetryAllowance(context.retryBudget);
    this.#startMs = context.clock.now();
    this.#startWallMs = context.clock.wallMs();
    this.#replay = new ReplayBuffer(head.method);
    const { framing } = head;
    this.#isRequestComplete = framing.kind === 'none' || (framing.kind === 'length' && framing.bytes === 0);
  }

  start(): void {
    if (this.#head.method === 'CONNECT') {
      this.#refuse('connect-method', 'this is no forward proxy');
      return;
    }
    const target = targetOf(this.#head);
    if (typeof target === 'string') {
      this.#refuse('bad-request', target);
      return;
    }
    this.#target = target;
    this.#route = this.#context.router.find(target.path);
    const { framing } = this.#head;
    if (this.#route === undefined) {
      this.#refuse('no-route', 'no prefix covers this path');
    } else if (framing.kind === 'length' && framing.bytes > this.#context.config.limits.bodyBytesMax) {
      this.#refuseLargeBody();
    } else {
      this.#dispatch(this.#route.pool);
    }
  }

  // The client's side.

  onRequestBody(payload: Buffer): void {
    if (this.#phase === 'ended') return;
    this.#bodyBytes += payload.length;
    if (this.#bodyBytes > this.#context.config.limits.bodyBytesMax) {
      this.#refuseLargeBody();
      return;
    }
    this.#replay.add(payload);
    this.#connection?.writer.body(payload);
  }

  onRequestEnd(): void {
    if (this.#phase === 'ended' || this.#isRequestComplete) return;
    this.#isRequestComplete = true;
    this.#connection?.writer.end();
    if (this.#phase === 'awaiting') {
      this.#client.expectProgressWithin(this.#context.config.timeouts.responseMs);
    }
  }

  /** One read from the client has been passed on completely. */
  onRequestRead(): void {
    if (this.#connection === undefined) return;
    this.#isBackendSlow = !this.#connection.writer.flush();
    if (this.#isRequestComplete) return;
    if (this.#isBackendSlow) this.#client.holdBody();
    this.#client.expectProgressWithin(this.#context.config.timeouts.stallMs);
  }

  onClientDrain(): void {
    this.#isClientSlow = false;
    this.#client.expectProgressWithin(this.#context.config.timeouts.stallMs);
    this.#connection?.resume();
  }

  onClientGone(): void {
    if (this.#phase === 'ended') return;
    this.#dropUpstream();
    this.#record('the client closed the connection');
  }

  onMalformedBody(error: Http1Error): void {
    this.#refuse('bad-request', error.message);
  }

  onDeadline(): void {
    switch (this.#phase) {
      case 'connecting':
        if (this.#backend?.connections.cancel(this) === 'waiting') {
          this.#refuse('overloaded', 'no connection to the service came free in time');
        } else {
          this.#backend?.refuse();
          this.onRefused('the connection was not accepted in time');
        }
        break;
      case 'awaiting':
        if (this.#isRequestComplete || this.#isBackendSlow) {
          this.#failBackend('backend-timeout', 'the service did not answer in time');
        } else {
          this.#refuse('request-timeout', 'the request body stopped coming');
        }
        break;
      case 'answering':
        this.#cutOff(
          this.#isClientSlow ? 'the client stopped reading' : 'the back end stalled in its answer',
        );
        break;
      case 'ended':
        break;
    }
  }

  // Getting a connection.

  onAcquired(connection: UpstreamConnection): void {
    this.#phase = 'awaiting';
    this.#connection = connection;
    connection.assign(this, this.#head.method);
    connection.writer.head(this.#forwardedHead(), this.#head.framing);
    for (const part of this.#replay.parts) connection.writer.body(part);
    const { responseMs, stallMs } = this.#context.config.timeouts;
    this.#client.expectProgressWithin(this.#isRequestComplete ? responseMs : stallMs);
    if (this.#isRequestComplete) {
      connection.writer.end();
      connection.writer.flush();
    } else {
      this.#client.resumeBody();
    }
  }

  onRefused(reason: string): void {
    const backend = this.#backend;
    this.#leaveBackend();
    if (backend !== undefined) this.#tried.push(backend);
    if (this.#route !== undefined && this.#retries.takeForMove()) this.#dispatch(this.#route.pool);
    else this.#refuse('no-backend', `no instance accepted a connection (${reason})`);
  }

  onSaturated(): void {
    const [backend, pool] = [this.#backend, this.#route?.pool];
    this.#leaveBackend();
    if (backend !== undefined) this.#tried.push(backend);
    // Nothing was sent, so one of the others may have it; where all are full, waiting would only hide that.
    if (pool?.hasBackend(this.#tried) === true && this.#retries.takeForMove()) this.#dispatch(pool);
    else this.#refuse('overloaded', 'too many requests wait for the service already');
  }

  // The back end's side.

  onInterim(head: ResponseHead): void {
    if (this.#phase === 'awaiting' && this.#head.minorVersion === 1)
      this.#client.writer.raw(forwardedInterim(head));
  }

  onAnswerHead(head: ResponseHead): void {
    this.#phase = 'answering';
    this.#status = head.status;
    const framing = framingForClient(head.framing, this.#head.minorVersion);
    this.#isCloseDelimited = framing.kind === 'untilClose';
    this.#closes = this.#isCloseDelimited || this.#mustClose();
    const context = {
      requestId: this.#requestId,
      clientMinorVersion: this.#head.minorVersion,
      framing,
      closes: this.#closes,
      answerFields: this.#context.answerFields,
    };
    this.#client.writer.head(forwardedResponse(head, context), framing);
  }

  onAnswerBody(payload: Buffer): void {
    this.#client.writer.body(payload);
  }

  onAnswerRead(): void {
    if (this.#phase === 'ended') return;
    if (!this.#client.writer.flush()) {
      this.#isClientSlow = true;
      this.#connection?.pause();
    }
    if (this.#phase === 'answering') {
      this.#client.expectProgressWithin(this.#context.config.timeouts.stallMs);
    }
  }

  onAnswerEnd(): void {
    const [backend, connection] = [this.#backend, this.#connection];
    this.#client.writer.end();
    this.#leaveBackend();
    if (connection !== undefined) {
      // With half a request sent the connection is of no use to the next one.
      if (this.#isRequestComplete) backend?.connections.release(connection);
      else connection.destroy();
    }
    this.#record(null);
    this.#client.finish(this.#closes || !this.#isRequestComplete);
  }

  onAnswerFailure(failure: UpstreamFailure): void {
    this.#connection = undefined;
    if (this.#phase === 'answering') {
      this.#cutOff(failure.reason);
      return;
    }
    const [backend, pool] = [this.#backend, this.#route?.pool];
    if (failure.kind === 'noAnswer' && backend !== undefined && pool !== undefined) {
      const mayRetry = failure.isReused ? this.#retryStale() : this.#leaveSuspect(backend, pool);
      if (mayRetry) {
        if (!failure.isReused) backend.failureCount += 1;
        this.#client.holdBody();
        this.#leaveBackend();
        this.#dispatch(pool);
        return;
      }
    }
    this.#failBackend('bad-gateway', `the service broke off before its answer (${failure.reason})`);
  }

  onUpstreamDrain(): void {
    this.#isBackendSlow = false;
    if (!this.#isRequestComplete) this.#client.resumeBody();
  }

  // Below: what the events above are made of.

  #dispatch(pool: BackendPool): void {
    this.#phase = 'connecting';
    const { trustsForwardedFor, timeouts } = this.#context.config;
    const clientAddress = clientAddressOf(this.#head, this.#client.address, trustsForwardedFor);
    const backend = pool.pick({ clientAddress }, this.#tried);
    if (backend === undefined) {
      this.#refuse('no-backend', `no instance of ${pool.name} is in rotation`);
      return;
    }
    this.#backend = backend;
    this.#backendName = backend.name;
    backend.inFlight += 1;
    backend.requestCount += 1;
    this.#client.expectProgressWithin(timeouts.connectMs);
    backend.connections.acquire(this);
  }

  #forwardedHead(): string {
    const { host = '', port = 0 } = this.#backend?.config ?? {};
    return forwardedRequest(this.#head, {
      target: this.#target ?? { path: '/', forwarded: '/', authority: undefined },
      backendAuthority: `${host.includes(':') ? `[${host}]` : host}:${port}`,
      clientAddress: this.#client.address,
      scheme: this.#context.scheme,
      trustsForwardedFor: this.#context.config.trustsForwardedFor,
      requestId: this.#requestId,
      heldMs: this.#context.clock.now() - this.#startMs,
    });
  }

  #retryStale(): boolean {
    return this.#replay.isComplete && this.#retries.takeForStale();
  }

  /**
   * It took a fresh connection and closed it unanswered. So does whatever stands in front of a dead
   * process (a proxy, a container's port), where the process itself would refuse; so it is ejected in
   * the same way, unless nobody else is left.
   */
  #leaveSuspect(backend: Backend, pool: BackendPool): boolean {
    if (!pool.hasBackend([...this.#tried, backend])) return false;
    backend.suspect();
    this.#tried.push(backend);
    return this.#replay.isComplete && this.#retries.takeForMove();
  }

  #mustClose(): boolean {
    return !this.#head.keepsAlive || !this.#isRequestComplete || this.#context.isDraining();
  }

  #refuseLargeBody(): void {
    this.#refuse('body-too-large', `at most ${this.#context.config.limits.bodyBytesMax} bytes are accepted`);
  }

  #failBackend(name: ProblemName, detail: string): void {
    if (this.#backend !== undefined) this.#backend.failureCount += 1;
    this.#refuse(name, detail);
  }

  /** Answers by itself; when an answer has begun already, it can only be cut off. */
  #refuse(name: ProblemName, detail: string): void {
    if (this.#phase === 'ended') return;
    if (this.#phase === 'answering') {
      this.#cutOff(detail);
      return;
    }
    this.#dropUpstream();
    this.#status = statusOf(name);
    // Whoever sends what cannot be understood once is not asked for more.
    const closes = this.#mustClose() || name === 'bad-request' || name === 'connect-method';
    const { method } = this.#head;
    const { answerFields } = this.#context;
    const options = { detail, requestId: this.#requestId, method, closes, answerFields };
    const { head, body } = problemResponse(name, options);
    this.#client.writer.head(head, { kind: 'none' });
    this.#client.writer.body(body);
    this.#record(`${name}: ${detail}`);
    this.#client.finish(closes);
  }

  #cutOff(reason: string): void {
    if (this.#backend !== undefined && !this.#isClientSlow) this.#backend.failureCount += 1;
    this.#dropUpstream();
    this.#record(`cut off: ${reason}`);
    this.#client.abort(this.#isCloseDelimited);
  }

  #dropUpstream(): void {
    if (this.#connection !== undefined) this.#connection.destroy();
    else if (this.#phase === 'connecting') this.#backend?.connections.cancel(this);
    this.#leaveBackend();
  }

  #leaveBackend(): void {
    if (this.#backend !== undefined) this.#backend.inFlight -= 1;
    this.#backend = undefined;
    this.#connection = undefined;
  }

  #record(failure: string | null): void {
    this.#phase = 'ended';
    recordRequest(this.#context, {
      startMs: this.#startMs,
      startWallMs: this.#startWallMs,
      requestId: this.#requestId,
      client: this.#client.address,
      method: this.#head.method,
      path: this.#target?.path ?? null,
      route: this.#route?.prefix ?? null,
      pool: this.#route?.pool.name ?? null,
      backend: this.#backendName,
      status: this.#status,
      requestBytes: this.#head.bytes + this.#bodyBytes,
      responseBytes: this.#status === null ? 0 : this.#client.writer.messageBytes,
      retryCount: this.#retries.count,
      failure,
    });
  }
}
