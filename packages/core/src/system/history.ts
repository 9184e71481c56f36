/**
 * What became of an operation, as its client knows it: `ok` acknowledged; `fail` certainly not done;
 * `info` unknown (a timeout, a reset after sending, a 502 or 504).
 */
export type OperationOutcome = 'ok' | 'fail' | 'info';

/** One operation that an audit reasons about; one line of `history.jsonl`. */
export interface Operation {
  /** Counts from 1, each once in a history; in the order of being sent where one process sends all. */
  readonly index: number;
  /** What was asked, in the system's own words: `order.create`, `payment.request`. */
  readonly action: string;
  /** What makes two attempts the same operation: an idempotency key, an operation id. */
  readonly key: string;
  readonly journey: string;
  readonly customer: string;
  /** Milliseconds since the drill's zero. */
  readonly sentMs: number;
  readonly endedMs: number;
  readonly outcome: OperationOutcome;
  /** HTTP status, absent when no answer came. */
  readonly status?: number;
  /** What was asked for and what was answered, as far as the invariants need it. No secrets. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly output?: Readonly<Record<string, unknown>>;
}

/**
 * `action` of what a fault did to the data of the system, not a client: it put a message into a queue. The operation's
 * key is the message's id, its customer the fault's id.
 */
export const FAULT_MESSAGE_ACTION = 'fault.message';

/** `input` of such an operation. */
export interface FaultMessage {
  readonly store: string;
  readonly queue: string;
}
