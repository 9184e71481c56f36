/** How an exchange ended by itself; one that was cancelled reports nothing. */
export type ExchangeEnd =
  | Answer
  /** The connection could not be opened: nothing was sent. */
  | { readonly kind: 'connectError'; readonly reason: string }
  /** The connection broke after the request was written and before the answer began. */
  | { readonly kind: 'reset'; readonly reason: string }
  /** The answer began and did not end, or was not HTTP: no whole answer can be made of it. */
  | { readonly kind: 'truncated'; readonly reason: string };

export interface Answer {
  readonly kind: 'answer';
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; undefined when there was none, it was malformed or too large. */
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
  /** Called at most once, never inside `send`. */
  readonly onEnd: (end: ExchangeEnd) => void;
}
