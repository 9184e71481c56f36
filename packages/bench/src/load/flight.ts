import type { Operation, Reply, RequestOutcome, RequestSpec } from '@stormcart/core';
import { classifyOperation } from './classify.ts';
import type { Deadlined } from './deadlines.ts';
import type { Answer, Carrier, ExchangeEnd, OutgoingRequest, RequestBytes } from './http/exchange.ts';

/** Whose request it is. */
export interface Visitor {
  readonly journey: string;
  readonly customer: string;
}

/** What is decided about a request before it is sent. Fields as in `Flight`. */
export type FlightPlan = Pick<
  Flight,
  'visitor' | 'spec' | 'intendedMs' | 'requestId' | 'bytes' | 'deadlineMs' | 'sentMs' | 'operationIndex'
>;

/** Who waits for a request's end. */
export interface FlightWaiter {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * One request from its due time to its end: what is sent, its place among the deadlines, and who waits for it. All in
 * one object: at 10,000 requests a second each one more is what the garbage collector would be busy with.
 */
export class Flight implements OutgoingRequest, Deadlined<Flight> {
  readonly visitor: Visitor;
  readonly spec: RequestSpec;
  readonly intendedMs: number;
  readonly requestId: string;
  readonly bytes: RequestBytes;
  readonly deadlineMs: number;
  /** Undefined when it is never sent. */
  readonly sentMs: number | undefined;
  /** Its number in the history; 0 where it is no operation. */
  readonly operationIndex: number;
  readonly resolve: FlightWaiter['resolve'];
  readonly reject: FlightWaiter['reject'];
  carrier: Carrier | undefined = undefined;
  wasWritten = false;
  earlier: Flight | undefined = undefined;
  later: Flight | undefined = undefined;
  isInLine = false;
  readonly #onEnd: (flight: Flight, end: ExchangeEnd) => void;

  constructor(plan: FlightPlan, waiter: FlightWaiter, onEnd: (flight: Flight, end: ExchangeEnd) => void) {
    this.visitor = plan.visitor;
    this.spec = plan.spec;
    this.intendedMs = plan.intendedMs;
    this.requestId = plan.requestId;
    this.bytes = plan.bytes;
    this.deadlineMs = plan.deadlineMs;
    this.sentMs = plan.sentMs;
    this.operationIndex = plan.operationIndex;
    this.resolve = waiter.resolve;
    this.reject = waiter.reject;
    this.#onEnd = onEnd;
  }

  get method(): string {
    return this.spec.method;
  }

  get ignoresBody(): boolean {
    return this.spec.ignoresBody === true;
  }

  onEnd(end: ExchangeEnd): void {
    this.#onEnd(this, end);
  }
}

/** What the journey is told; headers and body are made out when they are looked at. */
export class FlightReply implements Reply {
  readonly outcome: RequestOutcome;
  readonly #answer: Answer | undefined;
  #headers: Readonly<Record<string, string>> | undefined = undefined;

  constructor(outcome: RequestOutcome, answer: Answer | undefined) {
    this.outcome = outcome;
    this.#answer = answer;
  }

  get status(): number | undefined {
    return this.#answer?.status;
  }

  get headers(): Readonly<Record<string, string>> {
    this.#headers ??= this.#answer?.headers.toRecord() ?? {};
    return this.#headers;
  }

  get body(): unknown {
    return this.#answer?.body;
  }
}

/** The line of the history; undefined when the request is no operation. Throws what the journey's code throws. */
export function operationOf(
  flight: Flight,
  endedMs: number,
  answer: Answer | undefined,
): Operation | undefined {
  const { operation } = flight.spec;
  if (operation === undefined) return undefined;
  const outcome = classifyOperation(operation, answer?.status, flight.wasWritten);
  return {
    index: flight.operationIndex,
    action: operation.action,
    key: operation.key,
    journey: flight.visitor.journey,
    customer: flight.visitor.customer,
    sentMs: flight.sentMs ?? endedMs,
    endedMs,
    outcome,
    ...(answer === undefined ? {} : { status: answer.status }),
    input: operation.input,
    ...(answer === undefined || operation.output === undefined
      ? {}
      : { output: operation.output(answer.status, answer.body) }),
  };
}
