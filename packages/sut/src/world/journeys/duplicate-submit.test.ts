import type { RequestSpec } from '@stormcart/core';
import { describe, expect, it } from 'vitest';
import { countOf, firstRun, ORDER, type Run, run } from './journey-run.ts';
import { answer, problem, type Script, silence } from './scripted-visit.ts';
import { StockBound } from './stock-bound.ts';

type Answer = ReturnType<Script>;

/** Answers the copies in turn; the last answer goes to all that follow. */
function copies(...answers: readonly Answer[]) {
  let count = 0;
  return ({ route }: RequestSpec): Answer | undefined => {
    if (route !== 'order-create') return undefined;
    count += 1;
    return answers[Math.min(count, answers.length) - 1];
  };
}

const CREATED = answer(201, ORDER);
const IN_FLIGHT = problem(409, 'request-in-flight');
const OTHER = answer(201, { ...ORDER, orderId: 'order-2' });

const ordersOf = ({ visit }: Run) => visit.requests.filter(({ route }) => route === 'order-create');
const outcomesOf = (result: Run): readonly string[] =>
  result.outcomes.filter((_, index) => result.routes[index] === 'order-create');

describe('duplicate-submit', () => {
  it('posts two to four copies with one key and body, once more afterwards, and pays once', async () => {
    const counts = new Set<number>();
    for (let seed = 1; seed <= 60; seed += 1) {
      const result = await run('duplicate-submit', undefined, { seed });
      const orders = ordersOf(result);
      counts.add(orders.length);
      expect(new Set(orders.map(({ headers }) => headers?.['idempotency-key'])).size).toBe(1);
      expect(new Set(orders.map(({ operation }) => operation?.key)).size).toBe(1);
      expect(new Set(orders.map(({ body }) => JSON.stringify(body))).size).toBe(1);
      expect(countOf(result.routes, 'payment')).toBe(1);
    }
    expect(counts).toEqual(new Set([3, 4, 5]));
  });

  it('logs in before the copies, not with each of them', async () => {
    const { routes } = await run('duplicate-submit');
    expect(countOf(routes, 'login')).toBe(1);
    expect(routes[0]).toBe('login');
  });

  it('takes "in flight" for right beside an order, and another order for wrong', async () => {
    const fine = await run('duplicate-submit', copies(IN_FLIGHT, CREATED));
    expect(new Set(outcomesOf(fine))).toEqual(new Set(['ok']));
    const twice = await run('duplicate-submit', copies(CREATED, OTHER, CREATED));
    expect(outcomesOf(twice).filter((outcome) => outcome !== 'ok')).toEqual(['httpError']);
  });

  it('asks on with the same key when no copy was told, and only then', async () => {
    const isPair = (result: Run): boolean => ordersOf(result).length === 4;
    const asked = await firstRun(isPair, (seed) =>
      run('duplicate-submit', copies(IN_FLIGHT, silence(), CREATED), { seed }),
    );
    // Two copies, the question that was answered, and the late click.
    expect(outcomesOf(asked)).toEqual(['ok', 'timeout', 'ok', 'ok']);
    expect(countOf(asked.routes, 'payment')).toBe(1);
    const refused = await run('duplicate-submit', copies(problem(422, 'key-reused')));
    expect(ordersOf(refused).length).toBeLessThanOrEqual(4);
    expect(countOf(refused.routes, 'payment')).toBe(0);
  });

  it('counts what it asks for once: copies take nothing twice', async () => {
    const stock = new StockBound(1);
    const result = await run('duplicate-submit', copies(problem(409, 'out-of-stock')), { stock });
    expect(new Set(outcomesOf(result))).toEqual(new Set(['httpError']));
  });
});
