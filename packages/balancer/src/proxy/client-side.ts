import type { MessageWriter } from './message-writer.ts';

/** What an exchange may do to the client's connection. */
export interface ClientSide {
  readonly address: string;
  readonly writer: MessageWriter;
  expectProgressWithin(ms: number): void;
  holdBody(): void;
  /** Lets the request's body come; ends in `onRequestRead` unless it is complete already. */
  resumeBody(): void;
  /** The answer is written. */
  finish(closes: boolean): void;
  /** The answer cannot be completed: the client must see that it is cut off. */
  abort(isCloseDelimited: boolean): void;
}
