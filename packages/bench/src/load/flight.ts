import type { Operation, Reply, RequestOutcome } from '@stormcart/core';
import { classifyOperation } from './classify.ts';
import type { Deadlined } from './deadlines.ts';
import type { Answer, Exchange, ExchangeEnd, OutgoingRequest } from './http/exchange.ts';
import type { DueRequest } from './requester.ts';

export interface FlightPlan {
  readonly due: DueRequest;
  readonly requestId: string;
  readonly bytes: Buffer;
  readonly deadlineMs: number;
  /** Undefined when it is never sent. */
  readonly sentMs: number | undefined;
  /** Its number in the history; 0 where it is no operation. */
  readonly operationIndex: number;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (reason: unknown) => void;
  readonly onEnd: (flight: Flight, end: ExchangeEnd) => void;
}

/** One request from its due time to its end: what is sent, and its place among the deadlines. */
export class Flight implements OutgoingRequest, Deadlined<Flight> {
  readonly plan: FlightPlan;
  exchange: Exchange | undefined;
  earlier: Flight | undefined;
  later: Flight | undefined;
  isInLine = false;

  constructor(plan: FlightPlan) {
    this.plan = plan;
  }

  get deadlineMs(): number {
    return this.plan.deadlineMs;
  }

  get bytes(): Buffer {
    return this.plan.bytes;
  }

  get method(): string {
    return this.plan.due.spec.method;
  }

  get ignoresBody(): boolean {
    return this.plan.due.spec.ignoresBody === true;
  }

  onEnd(end: ExchangeEnd): void {
    this.plan.onEnd(this, end);
  }
}

/** What the journey is told; headers and body are made out when they are looked at. */
export class FlightReply implements Reply {
  readonly outcome: RequestOutcome;
  readonly #answer: Answer | undefined;
  #headers: Readonly<Record<string, string>> | undefined;

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
  const { due, sentMs, operationIndex } = flight.plan;
  const { operation } = due.spec;
  if (operation === undefined) return undefined;
  const outcome = classifyOperation(operation, answer?.status, flight.exchange?.wasWritten === true);
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
