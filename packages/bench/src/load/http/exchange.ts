import type { HeaderList } from '@stormcart/core';

/** How an exchange ended by itself; one that was cancelled reports nothing. */
export type ExchangeEnd =
  | Answer
  /** The connection could not be opened: nothing was sent. */
  | { readonly kind: 'connectError'; readonly reason: string }
  /** The connection broke after the request was written and before the answer began. */
  | { readonly kind: 'reset'; readonly reason: string }
  /** The answer began and did not end, or was not HTTP: no whole answer can be made of it. */
  | { readonly kind: 'truncated'; readonly reason: string };

/** A whole answer. What few look at is made when somebody does. */
export interface Answer {
  readonly kind: 'answer';
  readonly status: number;
  readonly headers: HeaderList;
  /** Parsed JSON; undefined when there was none, it was malformed, too large or ignored. */
  readonly body: unknown;
}

/** One request under way on one connection. */
export interface Exchange {
  /** Whether any byte of it may have reached the other side. */
  readonly wasWritten: boolean;
  /** Gives up on it: its connection is destroyed, for an answer could still arrive and be taken for the next one's. */
  cancel(): void;
}

export interface OutgoingRequest {
  readonly method: string;
  readonly bytes: Buffer;
  /** The answer's body is drained unread. */
  readonly ignoresBody?: boolean;
  /** Called at most once, never inside `send`. */
  onEnd(end: ExchangeEnd): void;
}
