import type { Priority } from '../../policy/shedding.ts';
import type { Route } from '../route.ts';

/** Everything else is browsing. Whoever logs in wants to buy, so that counts as much as a cart. */
const PRIORITIES: readonly (readonly [prefix: string, priority: Priority])[] = [
  ['/api/orders', 'checkout'],
  ['/api/cart', 'cart'],
  ['/api/auth', 'cart'],
  ['/api/profile', 'cart'],
];

/** Routes that must not take a whole process; what is not here has no bulkhead. */
const BULKHEADS: Readonly<Record<string, 'search' | 'checkout'>> = {
  'get /api/products': 'search',
  'post /api/orders': 'checkout',
  'post /api/orders/:id/payments': 'checkout',
};

export function priorityOf(path: string): Priority {
  const row = PRIORITIES.find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`));
  return row?.[1] ?? 'browse';
}

export function bulkheadOf({
  method,
  path,
}: Pick<Route, 'method' | 'path'>): 'search' | 'checkout' | undefined {
  return BULKHEADS[`${method} ${path}`];
}
