import type { Http1Error, RequestHead, ResponseHead } from '@stormcart/core';
import type { Backend } from '../backend/backend.ts';
import type { AnswerListener, UpstreamConnection, UpstreamFailure } from '../backend/upstream-connection.ts';
import type { BackendPool } from '../route/backend-pool.ts';
import type { RequestTarget } from '../route/request-target.ts';
import { admit, tooLarge } from './admission.ts';
import { clientAddressOf } from './client-address.ts';
import type { ClientSide } from './client-side.ts';
import { forwardedInterim, forwardedResponse, framingForClient } from './forward-head.ts';
import { Placement, type PlacementOwner } from './placement.ts';
import { type ProblemName, statusOf, writeProblem } from './problem.ts';
import type { ProxyContext } from './proxy-context.ts';
import { RequestPassage } from './request-passage.ts';
import { RequestRecord } from './request-record.ts';
import { RetryAllowance } from './retry-allowance.ts';

type Phase = 'connecting' | 'awaiting' | 'answering' | 'ended';

/** One request and its answer, from the client's head to the line in the access log. */
export class Exchange implements AnswerListener, PlacementOwner {
  readonly #head: RequestHead;
  readonly #client: ClientSide;
  readonly #context: ProxyContext;
  readonly #record: RequestRecord;
  readonly #request: RequestPassage;
  readonly #retries: RetryAllowance;
  #phase: Phase = 'connecting';
  #placement: Placement | undefined;
  #connection: UpstreamConnection | undefined;
  #status: number | null = null;
  #closes = false;
  #isCloseDelimited = false;
  #isClientSlow = false;
  #isBackendSlow = false;

  constructor(head: RequestHead, client: ClientSide, context: ProxyContext) {
    this.#head = head;
    this.#client = client;
    this.#context = context;
    this.#record = new RequestRecord(context, client.address, head);
    this.#retries = new RetryAllowance(context.retryBudget);
    this.#request = new RequestPassage(head, context, this.#record);
  }

  start(): void {
    const admission = admit(this.#head, this.#context);
    const { target, route } = admission;
    if (target !== undefined) this.#record.found(target.path, route);
    if (admission.kind === 'refused') this.#refuse(admission.problem, admission.detail);
    else this.#place(admission.route.pool, admission.target);
  }

  // The client's side.

  onRequestBody(payload: Buffer): void {
    if (this.#phase === 'ended') return;
    this.#request.body(payload);
    const { bodyBytesMax } = this.#context.config.limits;
    if (this.#request.bodyBytes > bodyBytesMax) this.#refuse('body-too-large', tooLarge(bodyBytesMax));
  }

  onRequestEnd(): void {
    if (this.#phase === 'ended' || this.#request.isComplete) return;
    this.#request.end();
    if (this.#phase === 'awaiting') {
      this.#client.expectProgressWithin(this.#context.config.timeouts.responseMs);
    }
  }

  /** One read from the client has been passed on completely. */
  onRequestRead(): void {
    if (this.#connection === undefined) return;
    this.#isBackendSlow = !this.#connection.writer.flush();
    if (this.#request.isComplete) return;
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
    this.#end('the client closed the connection');
  }

  onMalformedBody(error: Http1Error): void {
    this.#refuse('bad-request', error.message);
  }

  onDeadline(): void {
    switch (this.#phase) {
      case 'connecting':
        this.#placement?.onDeadline();
        break;
      case 'awaiting':
        if (this.#request.isComplete || this.#isBackendSlow) {
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

  expectProgressWithin(ms: number): void {
    this.#client.expectProgressWithin(ms);
  }

  onPlaced(connection: UpstreamConnection, backend: Backend): void {
    this.#phase = 'awaiting';
    this.#connection = connection;
    this.#request.begin(connection, backend, this);
    const { responseMs, stallMs } = this.#context.config.timeouts;
    this.#client.expectProgressWithin(this.#request.isComplete ? responseMs : stallMs);
    if (!this.#request.isComplete) this.#client.resumeBody();
  }

  onUnplaced(problem: 'no-backend' | 'overloaded', detail: string): void {
    this.#refuse(problem, detail);
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
      requestId: this.#record.requestId,
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
    const [backend, connection] = [this.#placement?.backend, this.#connection];
    this.#client.writer.end();
    this.#leaveBackend();
    if (connection !== undefined) {
      // With half a request sent the connection is of no use to the next one.
      if (this.#request.isComplete) backend?.connections.release(connection);
      else connection.destroy();
    }
    this.#end(null);
    this.#client.finish(this.#closes || !this.#request.isComplete);
  }

  onAnswerFailure(failure: UpstreamFailure): void {
    this.#connection = undefined;
    if (this.#phase === 'answering') {
      this.#cutOff(failure.reason);
      return;
    }
    if (failure.kind === 'noAnswer' && this.#maySendAgain(failure.isReused)) {
      this.#client.holdBody();
      this.#leaveBackend();
      this.#seek();
      return;
    }
    this.#failBackend('bad-gateway', `the service broke off before its answer (${failure.reason})`);
  }

  onUpstreamDrain(): void {
    this.#isBackendSlow = false;
    if (!this.#request.isComplete) this.#client.resumeBody();
  }

  // Below: what the events above are made of.

  #place(pool: BackendPool, target: RequestTarget): void {
    this.#request.aimAt(target);
    const { trustsForwardedFor, timeouts } = this.#context.config;
    const clientAddress = clientAddressOf(this.#head, this.#client.address, trustsForwardedFor);
    this.#placement = new Placement({
      pool,
      request: { clientAddress },
      retries: this.#retries,
      connectMs: timeouts.connectMs,
      owner: this,
    });
    this.#seek();
  }

  #seek(): void {
    this.#phase = 'connecting';
    this.#placement?.seek();
  }

  /** Closed without a byte of an answer. On a kept connection that was most likely its age, else the back end is to blame. */
  #maySendAgain(isReused: boolean): boolean {
    if (isReused) return this.#request.isRepeatable && this.#retries.takeForStale();
    const backend = this.#placement?.backend;
    if (this.#placement?.leaveSuspect(this.#request.isRepeatable) !== true) return false;
    if (backend !== undefined) backend.failureCount += 1;
    return true;
  }

  #mustClose(): boolean {
    return !this.#head.keepsAlive || !this.#request.isComplete || this.#context.isDraining();
  }

  #countFailure(): void {
    const backend = this.#placement?.backend;
    if (backend !== undefined) backend.failureCount += 1;
  }

  #failBackend(name: ProblemName, detail: string): void {
    this.#countFailure();
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
    const options = { detail, requestId: this.#record.requestId, method, closes, answerFields };
    writeProblem(this.#client.writer, name, options);
    this.#end(`${name}: ${detail}`);
    this.#client.finish(closes);
  }

  #cutOff(reason: string): void {
    if (!this.#isClientSlow) this.#countFailure();
    this.#dropUpstream();
    this.#end(`cut off: ${reason}`);
    this.#client.abort(this.#isCloseDelimited);
  }

  #dropUpstream(): void {
    if (this.#connection !== undefined) this.#connection.destroy();
    else if (this.#phase === 'connecting') this.#placement?.cancel();
    this.#leaveBackend();
  }

  #leaveBackend(): void {
    this.#placement?.leave();
    this.#request.leave();
    this.#connection = undefined;
  }

  #end(failure: string | null): void {
    this.#phase = 'ended';
    this.#record.close({
      backend: this.#placement?.backendName ?? null,
      status: this.#status,
      requestBytes: this.#head.bytes + this.#request.bodyBytes,
      responseBytes: this.#status === null ? 0 : this.#client.writer.messageBytes,
      retryCount: this.#retries.count,
      failure,
    });
  }
}
