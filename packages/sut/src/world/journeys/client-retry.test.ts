import type { RequestSpec } from '@stormcart/core';
import { describe, expect, it } from 'vitest';
import { countOf, type Run, run } from './journey-run.ts';
import { ATTEMPT_TIMEOUT_MS, ATTEMPTS_MAX } from './persistent-order.ts';
import { problem, type Script, silence } from './scripted-visit.ts';

/** So many orders get this answer; then the shop is well again. */
function troubled(answered: ReturnType<Script>, times = Number.POSITIVE_INFINITY) {
  let count = 0;
  return ({ route }: RequestSpec): ReturnType<Script> | undefined => {
    if (route !== 'order-create') return undefined;
    count += 1;
    return count <= times ? answered : undefined;
  };
}

const ordersOf = ({ visit }: Run) => visit.requests.filter(({ route }) => route === 'order-create');

describe('client-retry', () => {
  it.each([
    ['a timeout', silence('timeout')],
    ['a reset', silence('reset')],
    ['no connection', silence('connectError')],
    ['a 503', problem(503, 'busy')],
    ['a 502', problem(502, 'bad-gateway')],
    ['a request that is in flight', problem(409, 'request-in-flight')],
  ])('asks again with the same key and body after %s, and pays', async (_what, trouble) => {
    const result = await run('client-retry', troubled(trouble, 2));
    const orders = ordersOf(result);
    expect(orders).toHaveLength(3);
    expect(new Set(orders.map(({ operation }) => operation?.key)).size).toBe(1);
    expect(new Set(orders.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(orders.every(({ timeoutMs }) => timeoutMs === ATTEMPT_TIMEOUT_MS)).toBe(true);
    expect(countOf(result.routes, 'payment')).toBe(1);
  });

  it('gives up after five attempts, with pauses that grow and stay bounded', async () => {
    const totals: number[] = [];
    for (let seed = 1; seed <= 50; seed += 1) {
      const result = await run('client-retry', troubled(silence()), { seed });
      expect(ordersOf(result)).toHaveLength(ATTEMPTS_MAX);
      expect(countOf(result.routes, 'payment')).toBe(0);
      totals.push(result.clock.now());
    }
    // Full jitter: between nothing and 200 + 400 + 800 + 1,600 ms, half of it on average.
    expect(Math.max(...totals)).toBeLessThanOrEqual(3_000);
    expect(totals.reduce((sum, ms) => sum + ms, 0) / totals.length).toBeCloseTo(1_500, -3);
    expect(new Set(totals).size).toBeGreaterThan(40);
  });

  it.each([
    ['a refusal', problem(422, 'key-reused')],
    ['a wrong answer', problem(404, 'not-found')],
    ['a fault of the shop', problem(500, 'internal')],
  ])('does not ask again after %s', async (_what, refusal) => {
    expect(ordersOf(await run('client-retry', troubled(refusal)))).toHaveLength(1);
  });

  it('takes "in flight" for right only once its key was sent', async () => {
    const orders = ordersOf(await run('client-retry', troubled(silence(), 1)));
    const inFlight = { type: 'urn:stormcart:problem:request-in-flight' };
    expect(orders.map(({ expect: isRight }) => isRight(409, inFlight))).toEqual([false, true]);
  });
});
