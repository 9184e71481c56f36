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

/** What carries a request for as long as the request is under way. */
export interface Carrier {
  /**
   * Gives up on this request, if it is still the present one: the connection is destroyed, for an answer could still
   * arrive and be taken for the next one's.
   */
  cancel(request: OutgoingRequest): void;
}

/** One request, and what is made out about it while it is under way: nothing else is made for it. */
export interface OutgoingRequest {
  readonly method: string;
  /** In one piece; a string is ASCII. */
  readonly bytes: RequestBytes;
  /** The answer's body is drained unread. */
  readonly ignoresBody?: boolean;
  /** Whether any byte of it may have reached the other side. Set by whoever carries it. */
  wasWritten: boolean;
  /** Called at most once, never inside `send`. */
  onEnd(end: ExchangeEnd): void;
}

export type RequestBytes = string | Buffer;
