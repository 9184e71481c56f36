import { z } from 'zod';
import { singleRequest } from '../load/single-request.ts';
import { createPlan, type Plan } from '../plan/plan.ts';
import { type DrillOrder, drillOrderSchema, drillPlanOf } from './drill-order.ts';
import { targetParts } from './order-parts.ts';
import { parseWire } from './parse-wire.ts';

/** Every share has a process of its own; more than this on one plan is a slip of the hand. */
export const SHARES_MAX = 256;

/** The same load for all who take part. */
export const loadOrderSchema = z.strictObject({
  kind: z.literal('load'),
  ...targetParts,
  perSecond: z.number().positive(),
  forMs: z.number().positive(),
  sliceMs: z.number().positive(),
});

export type LoadOrder = z.infer<typeof loadOrderSchema>;

export const shareSchema = z
  .strictObject({ index: z.int().nonnegative(), of: z.int().min(1).max(SHARES_MAX) })
  .refine(({ index, of }) => index < of, { error: 'the share is none of those that there are' });

/** What one process is asked to do. */
export const shareTaskSchema = z.strictObject({
  order: z.discriminatedUnion('kind', [loadOrderSchema, drillOrderSchema]),
  share: shareSchema,
});

export type ShareTask = z.infer<typeof shareTaskSchema>;
export type LoadShareTask = ShareTask & { readonly order: LoadOrder };
export type DrillShareTask = ShareTask & { readonly order: DrillOrder };

/** One task for each share of the order. */
export function shareTasks<Order extends ShareTask['order']>(
  order: Order,
  count: number,
): readonly (ShareTask & { readonly order: Order })[] {
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

/** How long the load of a task takes by its plan, ms. */
export function planMsOf({ order }: ShareTask): number {
  return order.kind === 'load' ? order.forMs : drillPlanOf(order).totalMs;
}
