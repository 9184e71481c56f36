import type { Clock, Operation, Reply, RequestOutcome, RequestSpec } from '@stormcart/core';
import { classifyAnswer } from './classify.ts';
import { Deadlines } from './deadlines.ts';
import { Flight, FlightReply, type FlightWaiter, operationOf, type Visitor } from './flight.ts';
import type { ConnectionPool } from './http/connection-pool.ts';
import type { ExchangeEnd, RequestBytes } from './http/exchange.ts';
import { createRequestWriter, type RequestWriter } from './http/request-writer.ts';
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
  /** A connection could not be opened. */
  readonly onConnectError?: (reason: string) => void;
}

/** A request that somebody makes, and when the plan wanted it. */
export interface DueRequest {
  readonly visitor: Visitor;
  readonly intendedMs: number;
  /** Whether the intended start is the plan's, and not the moment when the journey asked. */
  readonly isFirst: boolean;
  readonly spec: RequestSpec;
}

/** Sends requests that are due, waits for what becomes of them, and books each exactly once. */
export class Requester {
  readonly #options: RequesterOptions;
  readonly #flights: Deadlines<Flight>;
  readonly #writer: RequestWriter;
  readonly #idPrefix: string;
  readonly #nextOperationIndex: () => number;
  #requestCount = 0;
  /** Why no more requests are accepted; undefined while they are. */
  #overReason: Error | undefined;

  constructor(options: RequesterOptions) {
    this.#options = options;
    this.#writer = createRequestWriter(options.authority);
    this.#idPrefix = `${options.runId}-`;
    this.#nextOperationIndex = options.nextOperationIndex ?? countFromOne();
    this.#flights = new Deadlines(options.clock, options.zeroMs, (flight) => {
      flight.carrier?.cancel(flight);
      this.#end(flight, 'timeout');
    });
  }

  get inFlight(): number {
    return this.#flights.count;
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
    const number = this.#requestCount + 1;
    const requestId = this.#idPrefix + number;
    let bytes: RequestBytes;
    try {
      bytes = this.#writer.bytesOf(due.spec, requestId);
    } catch (error) {
      return Promise.reject(error);
    }
    this.#requestCount = number;
    this.#options.ledger.plan();
    return new Promise((resolve, reject) => this.#launch(due, requestId, bytes, { resolve, reject }));
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
    for (const flight of this.#flights.takeAll()) {
      flight.carrier?.cancel(flight);
      const nowMs = this.nowMs();
      this.#book(flight, 'unfinished', undefined, nowMs, operationOf(flight, nowMs, undefined));
      flight.reject(reason);
    }
  }

  #launch(due: DueRequest, requestId: string, bytes: RequestBytes, waiter: FlightWaiter): void {
    const { visitor, spec, intendedMs } = due;
    const { maxInFlight, timeoutMs, pool } = this.#options;
    const nowMs = this.nowMs();
    const deadlineMs = intendedMs + (spec.timeoutMs ?? timeoutMs);
    // A generator that is later than the request's whole time must not send it: its caller has left.
    const isSendable = this.#flights.count < maxInFlight && deadlineMs > nowMs;
    const sentMs = isSendable ? nowMs : undefined;
    const operationIndex = spec.operation === undefined ? 0 : this.#nextOperationIndex();
    const flight = new Flight(
      { visitor, spec, intendedMs, requestId, bytes, deadlineMs, sentMs, operationIndex },
      waiter,
      this.#onExchangeEnd,
    );
    if (!isSendable) {
      this.#end(flight, deadlineMs > nowMs ? 'dropped' : 'timeout');
      return;
    }
    this.#flights.add(flight);
    if (due.isFirst) this.#options.onFirstSent(intendedMs, nowMs);
    flight.carrier = pool.send(flight);
  }

  readonly #onExchangeEnd = (flight: Flight, end: ExchangeEnd): void => {
    if (!flight.isInLine) return;
    if (end.kind !== 'answer') {
      if (end.kind === 'connectError') this.#options.onConnectError?.(end.reason);
      this.#end(flight, end.kind);
      return;
    }
    const endedMs = this.nowMs();
    const { spec } = flight;
    let isExpected: boolean;
    let operation: Operation | undefined;
    try {
      isExpected = spec.expect(end.status, end.body);
      operation = operationOf(flight, endedMs, end);
    } catch (error) {
      // The journey's own code failed: the run ends with that error, so this only keeps the books straight.
      this.#book(flight, 'unfinished', undefined, endedMs, undefined);
      flight.reject(error);
      return;
    }
    const outcome = classifyAnswer(end.status, end.headers, isExpected);
    this.#book(flight, outcome, end.status, endedMs, operation);
    flight.resolve(new FlightReply(outcome, end));
  };

  /** Ends a request that got no whole answer. */
  #end(flight: Flight, outcome: RequestOutcome): void {
    const endedMs = this.nowMs();
    this.#book(flight, outcome, undefined, endedMs, operationOf(flight, endedMs, undefined));
    flight.resolve(new FlightReply(outcome, undefined));
  }

  #book(
    flight: Flight,
    outcome: RequestOutcome,
    status: number | undefined,
    endedMs: number,
    operation: Operation | undefined,
  ): void {
    const { ledger, sink } = this.#options;
    const { visitor, spec, requestId, intendedMs, sentMs } = flight;
    this.#flights.remove(flight);
    ledger.end(outcome);
    const { journey } = visitor;
    sink.sample({ requestId, journey, route: spec.route, outcome, intendedMs, sentMs, endedMs, status });
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
