import { ManualClock, type RequestSpec } from '@stormcart/core';
import { CustomerPool } from './customer-pool.ts';
import type { JourneyWorld } from './journey-world.ts';
import { createJourneys } from './journeys.ts';
import { answer, createScriptedVisit, problem, type Script, type ScriptedVisit } from './scripted-visit.ts';
import { StockBound } from './stock-bound.ts';

/** The one order that the scripted shop ever makes. */
export const ORDER = { orderId: 'order-1', totalCents: 500, items: [{ sku: 4, quantity: 1 }] };

interface WorldOptions {
  readonly customers?: CustomerPool;
  readonly stock?: StockBound;
  readonly wasDeclined?: boolean;
}

/** A finished visit, in the words of the tests. */
export interface Run {
  readonly clock: ManualClock;
  readonly visit: ScriptedVisit;
  readonly routes: readonly string[];
  readonly outcomes: readonly string[];
}

/** A shop that answers everything right at once; a test's own script goes first. */
export function healthyShop(
  own: (spec: RequestSpec, number: number) => ReturnType<Script> | undefined,
): Script {
  let isReviewed = false;
  return (spec, number) => {
    const answered = own(spec, number);
    if (answered !== undefined) return answered;
    // It wants the clerk to look at an order before it is sent.
    if (spec.route === 'shipment' && !isReviewed) return problem(409, 'under-review');
    if (spec.route === 'review') isReviewed = true;
    return healthyAnswer(spec);
  };
}

function healthyAnswer(spec: RequestSpec): ReturnType<Script> {
  const body = spec.body as Record<string, unknown> | undefined;
  switch (spec.route) {
    case 'product': {
      const id = Number(new URL(spec.path, 'http://shop').searchParams.get('id'));
      return id > 10_000
        ? problem(404, 'not-found')
        : answer(200, { id, name: 'Lamp', priceCents: 500, available: 3 });
    }
    case 'search':
      return answer(200, {
        items: /unobtainium|flugelhorn/.test(spec.path) ? [] : [{ id: 4, name: 'Lamp', priceCents: 500 }],
      });
    case 'register':
      return answer(201, { customerId: 900 });
    case 'login':
      return answer(200, { token: 'secret-token', customerId: 17, role: 'customer' });
    case 'cart-put':
      return answer(202, { seq: body?.['seq'] });
    case 'cart-get': {
      const seq = Number(new URL(spec.path, 'http://shop').searchParams.get('minSeq'));
      return answer(200, { seq, items: [{ sku: 4, quantity: 1, priceCents: 500 }], totalCents: 500 });
    }
    case 'order-create':
      return answer(201, { ...ORDER, status: 'RESERVED' });
    case 'payment':
      return answer(202, { orderId: 'order-1', status: 'PAYING' });
    case 'order-get':
      return answer(200, { ...ORDER, status: 'PAID' });
    case 'shipment':
      return answer(202, { orderId: 'order-1', status: 'SHIPPED' });
    case 'review':
      return answer(200, { orderId: 'order-1', review: 'approved' });
    case 'cancellation':
      return answer(202, { orderId: 'order-1', status: 'REFUNDING' });
    default:
      throw new Error(`the shop has no route ${spec.route}`);
  }
}

/** Runs one visit; a script's answer goes before the healthy one. */
export async function run(
  name: string,
  script: Parameters<typeof healthyShop>[0] = () => undefined,
  options: WorldOptions & { readonly seed?: number } = {},
): Promise<Run> {
  const clock = new ManualClock();
  const world: JourneyWorld = {
    clock,
    customers: options.customers ?? new CustomerPool(),
    stock: options.stock ?? new StockBound(),
    payments: { wasDeclined: () => options.wasDeclined ?? false },
  };
  const journey = createJourneys(world).find((candidate) => candidate.name === name);
  if (journey === undefined) throw new Error(`no journey ${name}`);
  const visit = createScriptedVisit(clock, healthyShop(script), options.seed ?? 1);
  await journey.run(visit);
  return {
    clock,
    visit,
    routes: visit.requests.map(({ route }) => route),
    outcomes: visit.replies.map(({ outcome }) => outcome),
  };
}

/** The first seed for which a run is of the wanted kind. */
export async function firstRun(
  isWanted: (result: Run) => boolean,
  attempt: (seed: number) => Promise<Run>,
): Promise<Run> {
  for (let seed = 1; seed <= 200; seed += 1) {
    const result = await attempt(seed);
    if (isWanted(result)) return result;
  }
  throw new Error('no seed gives such a visit');
}

export const countOf = (routes: readonly string[], route: string): number =>
  routes.filter((candidate) => candidate === route).length;
