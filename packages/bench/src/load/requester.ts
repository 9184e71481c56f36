import type { Clock, Operation, Reply, RequestOutcome, RequestSpec } from '@stormcart/core';
import { classifyAnswer, classifyOperation } from './classify.ts';
import type { ConnectionPool } from './http/connection-pool.ts';
import type { Answer, Exchange, ExchangeEnd } from './http/exchange.ts';
import { requestBytes } from './http/request-bytes.ts';
import type { Ledger } from './ledger.ts';
import type { LoadSink } from './sample.ts';

export interface RequesterOptions {
  readonly runId: string;
  readonly authority: string;
  readonly pool: ConnectionPool;
  readonly clock: Clock;
  /** `clock.now()` at the run's zero. */
  readonly zeroMs: number;
  /** From the intended start; a request may bring its own. */
  readonly timeoutMs: number;
  /** Requests at once; what exceeds it is `dropped`. Bounds memory and connections. */
  readonly maxInFlight: number;
  readonly ledger: Ledger;
  readonly sink: LoadSink;
  /** Numbers the operations, from 1; shared by requesters that write one history. */
  readonly nextOperationIndex?: () => number;
  /** A visit's first request was handed to a connection: how far from its intended start. */
  readonly onFirstSent: (intendedMs: number, sentMs: number) => void;
}

/** Whose request it is, and when the plan wanted it. */
export interface DueRequest {
  readonly journey: string;
  readonly customer: string;
  readonly intendedMs: number;
  /** Whether the intended start is the plan's, and not the moment when the journey asked. */
  readonly isFirst: boolean;
  readonly spec: RequestSpec;
}

interface Flight {
  readonly due: DueRequest;
  readonly requestId: string;
  readonly sentMs: number | undefined;
  readonly operationIndex: number;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (reason: unknown) => void;
  exchange: Exchange | undefined;
  cancelDeadline: () => void;
}

const NO_HEADERS: Readonly<Record<string, string>> = {};

/** Sends requests that are due, waits for what becomes of them, and books each exactly once. */
export class Requester {
  readonly #options: RequesterOptions;
  readonly #flights = new Set<Flight>();
  readonly #nextOperationIndex: () => number;
  #requestCount = 0;
  /** Why no more requests are accepted; undefined while they are. */
  #overReason: Error | undefined;

  constructor(options: RequesterOptions) {
    this.#options = options;
    this.#nextOperationIndex = options.nextOperationIndex ?? countFromOne();
  }

  get inFlight(): number {
    return this.#flights.size;
  }

  get isOver(): boolean {
    return this.#overReason !== undefined;
  }

  /** Milliseconds since the run's zero. */
  nowMs(): number {
    return this.#options.clock.now() - this.#options.zeroMs;
  }

  /** Resolves with any outcome; rejects when the run is over, or when the journey's own code throws. */
  request(due: DueRequest): Promise<Reply> {
    if (this.#overReason !== undefined) return Promise.reject(this.#overReason);
    const { ledger, authority, runId } = this.#options;
    const number = this.#requestCount + 1;
    const requestId = `${runId}-${number}`;
    let bytes: Buffer;
    try {
      bytes = requestBytes(authority, requestId, due.spec);
    } catch (error) {
      return Promise.reject(error);
    }
    this.#requestCount = number;
    ledger.plan();
    return new Promise((resolve, reject) => this.#launch({ due, requestId, resolve, reject }, bytes));
  }

  /** Books an arrival that was never started because too much was under way. */
  drop(journey: string, route: string, intendedMs: number): void {
    const { ledger, sink } = this.#options;
    ledger.plan();
    ledger.end('dropped');
    const endedMs = this.nowMs();
    sink.sample({
      journey,
      route,
      outcome: 'dropped',
      intendedMs,
      sentMs: undefined,
      endedMs,
      status: undefined,
    });
  }

  /** Ends everything that is under way as `unfinished` and rejects it, and all later requests, with this reason. */
  stop(reason: Error): void {
    if (this.#overReason !== undefined) return;
    this.#overReason = reason;
    for (const flight of this.#flights) {
      flight.exchange?.cancel();
      this.#book(flight, 'unfinished', undefined, operationOf(flight, this.nowMs(), undefined));
      flight.reject(reason);
    }
  }

  #launch(asked: Pick<Flight, 'due' | 'requestId' | 'resolve' | 'reject'>, bytes: Buffer): void {
    const { due } = asked;
    const { maxInFlight, timeoutMs, clock, pool } = this.#options;
    const nowMs = this.nowMs();
    const remainingMs = due.intendedMs + (due.spec.timeoutMs ?? timeoutMs) - nowMs;
    // A generator that is later than the request's whole time must not send it: its caller has left.
    const isSendable = this.#flights.size < maxInFlight && remainingMs > 0;
    const flight: Flight = {
      ...asked,
      sentMs: isSendable ? nowMs : undefined,
      operationIndex: due.spec.operation === undefined ? 0 : this.#nextOperationIndex(),
      exchange: undefined,
      cancelDeadline: () => undefined,
    };
    if (!isSendable) {
      this.#end(flight, remainingMs > 0 ? 'dropped' : 'timeout');
      return;
    }
    this.#flights.add(flight);
    if (due.isFirst) this.#options.onFirstSent(due.intendedMs, nowMs);
    flight.cancelDeadline = clock.after(remainingMs, () => {
      flight.exchange?.cancel();
      this.#end(flight, 'timeout');
    });
    flight.exchange = pool.send({
      method: due.spec.method,
      bytes,
      onEnd: (end) => this.#onExchangeEnd(flight, end),
    });
  }

  #onExchangeEnd(flight: Flight, end: ExchangeEnd): void {
    if (!this.#flights.has(flight)) return;
    if (end.kind !== 'answer') {
      this.#end(flight, end.kind);
      return;
    }
    const { status, headers, body } = end;
    let isExpected: boolean;
    let operation: Operation | undefined;
    try {
      isExpected = flight.due.spec.expect(status, body);
      operation = operationOf(flight, this.nowMs(), end);
    } catch (error) {
      // The journey's own code failed: the run ends with that error, so this only keeps the books straight.
      this.#book(flight, 'unfinished', undefined, undefined);
      flight.reject(error);
      return;
    }
    const outcome = classifyAnswer(status, headers, isExpected);
    this.#book(flight, outcome, status, operation);
    flight.resolve({ outcome, status, headers, body });
  }

  /** Ends a request that got no whole answer. */
  #end(flight: Flight, outcome: RequestOutcome): void {
    this.#book(flight, outcome, undefined, operationOf(flight, this.nowMs(), undefined));
    flight.resolve({ outcome, status: undefined, headers: NO_HEADERS, body: undefined });
  }

  #book(
    flight: Flight,
    outcome: RequestOutcome,
    status: number | undefined,
    operation: Operation | undefined,
  ): void {
    const { ledger, sink } = this.#options;
    const { due, requestId, sentMs } = flight;
    this.#flights.delete(flight);
    flight.cancelDeadline();
    const endedMs = this.nowMs();
    ledger.end(outcome);
    sink.sample({
      requestId,
      journey: due.journey,
      route: due.spec.route,
      outcome,
      intendedMs: due.intendedMs,
      sentMs,
      endedMs,
      status,
    });
    if (operation !== undefined) sink.operation(operation);
  }
}

export function countFromOne(): () => number {
  let count = 0;
  return () => {
    count += 1;
    return count;
  };
}

/** The line of the history; undefined when the request is no operation. Throws what the journey's code throws. */
function operationOf(flight: Flight, endedMs: number, answer: Answer | undefined): Operation | undefined {
  const { due, sentMs, operationIndex, exchange } = flight;
  const { operation } = due.spec;
  if (operation === undefined) return undefined;
  const outcome = classifyOperation(operation, answer?.status, exchange?.wasWritten === true);
  return {
    index: operationIndex,
    action: operation.action,
    key: operation.key,
    journey: due.journey,
    customer: due.customer,
    sentMs: sentMs ?? endedMs,
    endedMs,
    outcome,
    ...(answer === undefined ? {} : { status: answer.status }),
    input: operation.input,
    ...(answer === undefined || operation.output === undefined
      ? {}
      : { output: operation.output(answer.status, answer.body) }),
  };
}
