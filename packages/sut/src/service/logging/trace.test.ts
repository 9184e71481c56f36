import { describe, expect, it } from 'vitest';
import { continueTrace, traceparentOf } from './trace.ts';
import { asPartOf, beginWork, workHeaders } from './work.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const GIVEN = `00-${TRACE_ID}-00f067aa0ba902b7-00`;

describe('a traceparent', () => {
  it('is continued with a span of our own and the caller’s flags', () => {
    const trace = continueTrace(GIVEN);
    expect(trace).toMatchObject({ traceId: TRACE_ID, parentSpanId: '00f067aa0ba902b7', flags: '00' });
    expect(trace.spanId).not.toBe('00f067aa0ba902b7');
    expect(traceparentOf(trace)).toBe(`00-${TRACE_ID}-${trace.spanId}-00`);
    expect(continueTrace(`01-${TRACE_ID}-00f067aa0ba902b7-01-more`).traceId).toBe(TRACE_ID);
  });

  it.each([
    undefined,
    7,
    '',
    `${GIVEN}-more`,
    GIVEN.toUpperCase(),
    `ff-${TRACE_ID}-00f067aa0ba902b7-01`,
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${TRACE_ID}-${'0'.repeat(16)}-01`,
  ])('that is not valid starts a new trace: %s', (given) => {
    const trace = continueTrace(given);
    expect(trace.traceId).not.toBe(TRACE_ID);
    expect(traceparentOf(trace)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(trace.parentSpanId).toBeUndefined();
  });
});

it('goes along with what a piece of work sends, and with nothing else', async () => {
  const work = beginWork('request-1', GIVEN);
  const sent = await asPartOf(work, async () => {
    await Promise.resolve();
    return workHeaders();
  });
  expect(sent).toEqual({ 'x-request-id': 'request-1', traceparent: traceparentOf(work.trace) });
  expect(workHeaders()).toEqual({});
});
