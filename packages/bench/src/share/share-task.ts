import { z } from 'zod';
import { singleRequest } from '../load/single-request.ts';
import { createPlan, type Plan } from '../plan/plan.ts';
import { parseWire } from './parse-wire.ts';

/** Every share has a process of its own; more than this on one plan is a slip of the hand. */
export const SHARES_MAX = 256;

/** The same load for all who take part. */
export const loadOrderSchema = z.strictObject({
  version: z.literal(1),
  /** Prefix of the requests' ids. */
  runId: z.string().min(1).max(100),
  url: z.url({ protocol: /^https?$/ }),
  trust: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('usual') }),
    z.strictObject({ kind: z.literal('authority'), certificate: z.string().max(1_000_000) }),
    z.strictObject({ kind: z.literal('anyone') }),
  ]),
  perSecond: z.number().positive(),
  forMs: z.number().positive(),
  arrivals: z.enum(['constant', 'poisson']),
  seed: z.int().nonnegative(),
  timeoutMs: z.number().positive(),
  /** Requests at once, over all shares; each may have its part of them. */
  maxInFlight: z.int().positive(),
  sliceMs: z.number().positive(),
});

export type LoadOrder = z.infer<typeof loadOrderSchema>;

export const shareSchema = z
  .strictObject({ index: z.int().nonnegative(), of: z.int().min(1).max(SHARES_MAX) })
  .refine(({ index, of }) => index < of, { error: 'the share is none of those that there are' });

/** What one process is asked to do. */
export const shareTaskSchema = z.strictObject({ order: loadOrderSchema, share: shareSchema });

export type ShareTask = z.infer<typeof shareTaskSchema>;

/** One task for each share of the order. */
export function shareTasks(order: LoadOrder, count: number): readonly ShareTask[] {
  return Array.from({ length: count }, (_, index) => ({ order, share: { index, of: count } }));
}

/** Throws BAD_SHARE. */
export function parseShareTask(value: unknown): ShareTask {
  return parseWire(shareTaskSchema, 'the task of a share', value);
}

/** The whole plan of an order; the same in every process. */
export function planOf(order: LoadOrder): Plan {
  const { forMs, perSecond, seed, arrivals } = order;
  return createPlan([{ kind: 'constant', forMs, perSecond, isWarmup: false }], {
    seed,
    arrivals,
    mix: { [singleRequest(new URL(order.url)).name]: 1 },
  });
}
