import { AsyncLocalStorage } from 'node:async_hooks';
import { continueTrace, TRACE_HEADER, type Trace, traceparentOf } from './trace.ts';

export const REQUEST_ID_HEADER = 'x-request-id';

/** A request, or the handling of a message, as logs tell it apart from all others. */
export interface Work {
  readonly requestId: string;
  readonly trace: Trace;
  /** Known once the session was checked. */
  customerId?: number;
}

/** Follows the work through every await, so that each line of the log can name it. */
const scope = new AsyncLocalStorage<Work>();

export function beginWork(requestId: string, traceparent: unknown): Work {
  return { requestId, trace: continueTrace(traceparent) };
}

/** Runs something, and all that it starts, as a part of the work. */
export function asPartOf<Result>(work: Work, run: () => Result): Result {
  return scope.run(work, run);
}

/** None outside a request or a message. */
export function currentWork(): Work | undefined {
  return scope.getStore();
}

/** From here on lines of the work name the customer. */
export function noteCustomer(customerId: number): void {
  const work = scope.getStore();
  if (work !== undefined) work.customerId = customerId;
}

/** What every line of the work carries. */
export function workFields(work: Work | undefined): Readonly<Record<string, unknown>> {
  if (work === undefined) return {};
  const { requestId, trace, customerId } = work;
  const fields = { requestId, traceId: trace.traceId, spanId: trace.spanId };
  return customerId === undefined ? fields : { ...fields, customerId };
}

/** What to send along with a call or a message, so that its receiver's log can be joined with ours. */
export function workHeaders(): Readonly<Record<string, string>> {
  const work = scope.getStore();
  if (work === undefined) return {};
  return { [REQUEST_ID_HEADER]: work.requestId, [TRACE_HEADER]: traceparentOf(work.trace) };
}
