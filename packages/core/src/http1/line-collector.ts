import { Http1Error } from './http1-error.ts';

const LINE_FEED = 10;

/** Puts together one line at a time from pieces of a stream. */
export class LineCollector {
  #partial = '';
  /** The line that `take` completed, without its CRLF. */
  line = '';

  /**
   * Reads from `position` up to the end of the line and returns the position after it, or -1 when the
   * line goes on after this buffer. `bytesMax` counts the CRLF; a longer line is `BAD_CHUNK`.
   */
  take(buffer: Buffer, position: number, bytesMax: number): number {
    const lineFeed = buffer.indexOf(LINE_FEED, position);
    const end = lineFeed === -1 ? buffer.length : lineFeed + 1;
    const length = this.#partial.length + end - position;
    // A line that fills the limit without its LF is already too long, in however many pieces it comes.
    if (length > bytesMax || (lineFeed === -1 && length === bytesMax)) {
      throw new Http1Error('BAD_CHUNK', `a line of the chunked body is longer than ${bytesMax} bytes`);
    }
    const text = this.#partial + buffer.toString('latin1', position, end);
    if (lineFeed === -1) {
      this.#partial = text;
      return -1;
    }
    this.#partial = '';
    if (text.charCodeAt(text.length - 2) !== 13) {
      throw new Http1Error('BARE_LINE_FEED', 'a line of the chunked body ends in LF without CR');
    }
    this.line = text.slice(0, -2);
    return end;
  }
}
