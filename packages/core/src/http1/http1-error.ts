import { AppError } from '../error/app-error.ts';

/** What is wrong with the bytes a peer sent. Sections are those of RFC 9112 unless another is named. */
export type Http1ErrorCode =
  /** Not a request line (§3) or status line (§4). */
  | 'BAD_START_LINE'
  /** Neither HTTP/1.1 nor HTTP/1.0. */
  | 'BAD_VERSION'
  /** A field name that is no token, space before the colon, a control character in a value (§5). */
  | 'BAD_HEADER'
  /** A line that ends in LF alone (§2.2): what one parser takes for the end of a line another does not. */
  | 'BARE_LINE_FEED'
  /** A field value continued on the next line (§5.2). */
  | 'OBSOLETE_FOLD'
  /** No Host, or more than one, in an HTTP/1.1 request (§3.2). */
  | 'BAD_HOST'
  /** Content-Length that is no plain number, or given twice (§6.3). */
  | 'BAD_CONTENT_LENGTH'
  /** A transfer coding other than a single `chunked` (§6.1). */
  | 'BAD_TRANSFER_CODING'
  /** Content-Length and Transfer-Encoding together (§6.3). */
  | 'AMBIGUOUS_LENGTH'
  /** A chunk's size line, end or trailer that breaks §7.1. */
  | 'BAD_CHUNK'
  | 'HEAD_TOO_LARGE'
  | 'TOO_MANY_HEADERS'
  /** A response that nobody asked for, or 101 without an upgrade request. */
  | 'UNEXPECTED_RESPONSE'
  /** The peer closed in the middle of a message. */
  | 'TRUNCATED';

/** A peer broke the protocol: nothing it sends on this connection can be trusted any more. */
export class Http1Error extends AppError<Http1ErrorCode> {
  constructor(code: Http1ErrorCode, message: string) {
    super({ kind: 'environment', code, message });
    this.name = 'Http1Error';
  }
}
