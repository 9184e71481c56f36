import { EventEmitter } from 'node:events';
import { ManualClock } from '@stormcart/core';
import type { Request, Response } from 'express';
import { describe, expect, it } from 'vitest';
import { currentDeadline } from '../../policy/deadline.ts';
import { bulkheadFigures, deadlineMs, sheddingFigures } from '../../policy/figures.ts';
import { json } from '../problem.ts';
import { createOverload, type Overload } from './overload.ts';
import { bulkheadOf, priorityOf } from './route-classes.ts';

const requestTo = (path: string, headers: Readonly<Record<string, string>> = {}): Request =>
  ({ path, headers }) as unknown as Request;
const response = (): Response => Object.assign(new EventEmitter(), { locals: {} }) as unknown as Response;
const fine = json(200, {});
const routeOf = (method: 'get' | 'post', path: string) => ({
  method,
  path,
  handle: () => Promise.resolve(fine),
});

const hangs = (): Promise<typeof fine> => new Promise(() => undefined);

function enter(overload: Overload, path: string): number {
  return overload.enter(requestTo(path), response())?.status ?? 200;
}

describe('overload protection', () => {
  it('turns browsing away first and checkout last, quickly and with a time to come back', () => {
    const overload = createOverload('priority', new ManualClock());
    for (let request = 0; request < sheddingFigures.limits.browse.inFlight; request += 1) {
      expect(enter(overload, '/api/product')).toBe(200);
    }
    expect(overload.enter(requestTo('/api/product'), response())).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      body: { type: 'urn:stormcart:problem:busy' },
    });
    expect(enter(overload, '/api/cart/items/1')).toBe(200);
    expect(enter(overload, '/api/orders')).toBe(200);
    expect(overload.observe()).toMatchObject({ shedCounts: { browse: 1, cart: 0, checkout: 0 } });
    overload.close();
  });

  it('counts a request until its answer is closed', () => {
    const overload = createOverload('priority', new ManualClock());
    const one = response();
    overload.enter(requestTo('/api/product'), one);
    expect(overload.observe()?.inFlight).toBe(1);
    one.emit('close');
    expect(overload.observe()?.inFlight).toBe(0);
    overload.close();
  });

  it.each([
    [{}, deadlineMs.checkout],
    [{ 'x-deadline-ms': '120' }, 120],
  ])('works under the deadline of its priority or a shorter one: %j', async (headers, ms) => {
    const overload = createOverload('priority', new ManualClock());
    const one = response();
    overload.enter(requestTo('/api/orders', headers), one);
    let remainingMs: number | undefined;
    await overload.run(routeOf('get', '/api/orders/:id'), one, async () => {
      remainingMs = currentDeadline()?.remainingMs();
      return Promise.resolve(fine);
    });
    expect(remainingMs).toBe(ms);
    overload.close();
  });

  it('answers 503 when a bulkhead has no place, and leaves other routes alone', async () => {
    const clock = new ManualClock();
    const overload = createOverload('priority', clock);
    const run = (path: string, work: () => Promise<typeof fine>) => {
      const one = response();
      overload.enter(requestTo(path), one);
      return overload.run(routeOf('get', path), one, work);
    };
    const { runningMax, waitingMax } = bulkheadFigures.search;
    for (let call = 0; call < runningMax + waitingMax; call += 1) void run('/api/products', hangs);
    expect(await run('/api/products', () => Promise.resolve(fine))).toMatchObject({ status: 503 });
    expect(await run('/api/product', () => Promise.resolve(fine))).toBe(fine);
    overload.close();
  });

  it('takes everything and sets no deadline when it is off', async () => {
    const overload = createOverload('none', new ManualClock());
    for (let request = 0; request < 5_000; request += 1) enter(overload, '/api/product');
    expect(enter(overload, '/api/product')).toBe(200);
    const seen = await overload.run(routeOf('post', '/api/orders'), response(), () =>
      Promise.resolve(json(200, currentDeadline() ?? null)),
    );
    expect(seen).toMatchObject({ body: null });
    expect(overload.observe()).toBeUndefined();
  });
});

it.each([
  ['/api/orders', 'checkout'],
  ['/api/orders/1/payments', 'checkout'],
  ['/api/ordersmith', 'browse'],
  ['/api/cart', 'cart'],
  ['/api/auth/login', 'cart'],
  ['/api/profile', 'cart'],
  ['/api/product', 'browse'],
  ['/', 'browse'],
])('%s counts as %s', (path, priority) => {
  expect(priorityOf(path)).toBe(priority);
});

it('has bulkheads for search and checkout alone', () => {
  expect(bulkheadOf({ method: 'get', path: '/api/products' })).toBe('search');
  expect(bulkheadOf({ method: 'post', path: '/api/orders' })).toBe('checkout');
  expect(bulkheadOf({ method: 'get', path: '/api/orders/:id' })).toBeUndefined();
});
