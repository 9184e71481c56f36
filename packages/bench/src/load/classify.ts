import type { HeaderList, OperationOutcome, OperationSpec } from '@stormcart/core';

/**
 * What a complete answer counts as. The journey's expectation goes first: a 429 is right where a
 * journey probes a rate limit.
 */
export function classifyAnswer(
  status: number,
  headers: Pick<HeaderList, 'get'>,
  isExpected: boolean,
): 'ok' | 'rejected' | 'httpError' {
  if (isExpected) return 'ok';
  if (status === 429) return 'rejected';
  if (status === 503 && headers.get('retry-after') !== undefined) return 'rejected';
  return 'httpError';
}

/**
 * What the client knows about an operation's effect. A truncated answer counts as no answer: the
 * acknowledgement did not arrive whole, so nobody may rely on it.
 */
export function classifyOperation(
  spec: OperationSpec,
  status: number | undefined,
  wasSent: boolean,
): OperationOutcome {
  if (status === undefined) return wasSent ? 'info' : 'fail';
  if (spec.outcome !== undefined) return spec.outcome(status);
  if (status >= 200 && status < 300) return 'ok';
  return status >= 500 ? 'info' : 'fail';
}
