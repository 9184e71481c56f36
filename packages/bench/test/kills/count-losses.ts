import type { Operation } from '@stormcart/core';
import { z } from 'zod';

/** What of a snapshot of the shop is counted here. */
const snapshotSchema = z.object({
  orders: z.array(z.object({ orderId: z.string(), status: z.string() })),
  captures: z.array(z.object({ orderId: z.string() })),
  stock: z.array(
    z.object({
      productId: z.int(),
      initial: z.int(),
      available: z.int(),
      reserved: z.int(),
      sold: z.int(),
    }),
  ),
});

/** What a kill may have cost. All but the first must be zero. */
export interface Losses {
  /** Orders that customers were told of. */
  readonly acknowledgedCount: number;
  /** Of those, the ones that are not stored. */
  readonly lostCount: number;
  /** Orders that were charged more than once. */
  readonly doubleCaptureCount: number;
  /** Products of which pieces came from nowhere, vanished, or are fewer than none. */
  readonly stockOffCount: number;
  /** Orders that still wait for the payment provider. */
  readonly unendedCount: number;
}

/** The step at which an order waits for the payment provider. */
const UNDER_WAY = ['PAYING', 'REFUNDING'];

/** Counted anew from the history and the stores, apart from the invariants, so that each can be held against the other. */
export function countLosses(operations: readonly Operation[], snapshot: unknown): Losses {
  const { orders, captures, stock } = snapshotSchema.parse(snapshot);
  const acknowledged = new Set(
    operations
      .filter(({ action, outcome }) => action === 'order.create' && outcome === 'ok')
      .map(({ output }) => String(output?.['orderId'])),
  );
  const stored = new Set(orders.map(({ orderId }) => orderId));
  const capturesByOrder = Map.groupBy(captures, ({ orderId }) => orderId);
  return {
    acknowledgedCount: acknowledged.size,
    lostCount: [...acknowledged].filter((orderId) => !stored.has(orderId)).length,
    doubleCaptureCount: [...capturesByOrder.values()].filter(({ length }) => length > 1).length,
    stockOffCount: stock.filter(
      ({ initial, available, reserved, sold }) =>
        available + reserved + sold !== initial || Math.min(available, reserved, sold) < 0,
    ).length,
    unendedCount: orders.filter(({ status }) => UNDER_WAY.includes(status)).length,
  };
}
