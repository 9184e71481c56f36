import { z } from 'zod';

/**
 * The words in which journeys and invariants speak about the shop's mutations: the journeys write
 * these inputs and outputs into the history, the invariants read them back, perhaps from a file.
 */
const orderedItemSchema = z.object({ sku: z.int(), quantity: z.int() });
export type OrderedItem = z.infer<typeof orderedItemSchema>;

/** key: the Idempotency-Key. */
export const orderCreateInput = z.object({ customerId: z.int(), cartSeq: z.int() });
export type OrderCreateInput = z.infer<typeof orderCreateInput>;

export const orderCreateOutput = z.object({
  orderId: z.string().min(1),
  totalCents: z.int(),
  items: z.array(orderedItemSchema),
});
export type OrderCreateOutput = z.infer<typeof orderCreateOutput>;

/** key: the order's id. */
export const paymentRequestInput = z.object({ customerId: z.int(), orderId: z.string().min(1) });
export type PaymentRequestInput = z.infer<typeof paymentRequestInput>;

/** key: the order's id. */
export const shipmentInput = z.object({ orderId: z.string().min(1) });
export type ShipmentInput = z.infer<typeof shipmentInput>;

/** key: the operation's id. `quantity` is absolute, 0 takes the product out. */
export const cartPutInput = z.object({
  customerId: z.int(),
  sku: z.int(),
  quantity: z.int(),
  seq: z.int(),
  opId: z.string().min(1),
});
export type CartPutInput = z.infer<typeof cartPutInput>;

/** `action` of the history's operations. */
export const ACTION = {
  orderCreate: 'order.create',
  paymentRequest: 'payment.request',
  orderShip: 'order.ship',
  cartPut: 'cart.put',
  customerRegister: 'customer.register',
  sessionOpen: 'session.open',
} as const;
