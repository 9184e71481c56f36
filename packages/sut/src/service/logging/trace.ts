import { randomHex } from './random-hex.ts';

/** Where a piece of work stands in a trace that may span many processes (W3C Trace Context, level 1). */
export interface Trace {
  /** 32 hexadecimal digits, the same in every process. */
  readonly traceId: string;
  /** 16 hexadecimal digits; this piece of work's own. */
  readonly spanId: string;
  /** The piece of work that asked for this one. */
  readonly parentSpanId?: string;
  /** Two hexadecimal digits; the last bit says whether the caller records the trace. */
  readonly flags: string;
}

export const TRACE_HEADER = 'traceparent';

/** Versions after 00 may add fields behind; 00 has none. */
const TRACEPARENT = /^(?<version>[0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?<rest>-.*)?$/;
const ALL_ZERO = /^0+$/;
/** We keep every line of every trace. */
const SAMPLED = '01';

/** Continues the trace of a `traceparent`, or starts one where it is missing or not valid. */
export function continueTrace(header: unknown): Trace {
  const match = typeof header === 'string' ? TRACEPARENT.exec(header) : null;
  const [, version, traceId = '', parentSpanId = '', flags = SAMPLED] = match ?? [];
  const isUsable =
    match !== null &&
    version !== 'ff' &&
    !(version === '00' && match.groups?.['rest'] !== undefined) &&
    !ALL_ZERO.test(traceId) &&
    !ALL_ZERO.test(parentSpanId);
  const spanId = randomHex(8);
  if (!isUsable) return { traceId: randomHex(16), spanId, flags: SAMPLED };
  return { traceId, spanId, parentSpanId, flags };
}

/** What to send along with a call, so that the other side continues the trace. */
export function traceparentOf({ traceId, spanId, flags }: Trace): string {
  return `00-${traceId}-${spanId}-${flags}`;
}
