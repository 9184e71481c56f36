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

/** key: the order's id. */
export const cancellationInput = z.object({ customerId: z.int(), orderId: z.string().min(1) });
export type CancellationInput = z.infer<typeof cancellationInput>;

/** key: the operation's id. `quantity` is absolute, 0 takes the product out. */
export const cartPutInput = z.object({
  customerId: z.int(),
  sku: z.int(),
  quantity: z.int(),
  seq: z.int(),
  opId: z.string().min(1),
});
export type CartPutInput = z.infer<typeof cartPutInput>;

/** key: the customer and the sequence number asked for. `minSeq` is what the session was promised. */
export const cartGetInput = z.object({ customerId: z.int(), minSeq: z.int() });
export type CartGetInput = z.infer<typeof cartGetInput>;

export const cartGetOutput = z.object({ seq: z.int(), items: z.array(orderedItemSchema) });
export type CartGetOutput = z.infer<typeof cartGetOutput>;

/** Logging in (key: random) or registering (key: the address). */
export const sessionOpenInput = z.object({ email: z.string().min(1) });
export type SessionOpenInput = z.infer<typeof sessionOpenInput>;

/** An attack; key: random. */
export const probeInput = z.object({ attempt: z.string().min(1) });
export type ProbeInput = z.infer<typeof probeInput>;

/** Whether the answer gave the attacker anything. */
export const probeOutput = z.object({ isBreach: z.boolean() });
export type ProbeOutput = z.infer<typeof probeOutput>;

/** A message that a fault has put into a queue; key: the message's id. */
export const faultMessageInput = z.object({ store: z.string(), queue: z.string().min(1) });
export type FaultMessageInput = z.infer<typeof faultMessageInput>;

/** What the `action` of every attack begins with; its name follows. */
export const PROBE_ACTION = 'probe.';

/** `action` of the history's operations. */
export const ACTION = {
  orderCreate: 'order.create',
  paymentRequest: 'payment.request',
  orderShip: 'order.ship',
  orderReview: 'order.review',
  orderCancel: 'order.cancel',
  cartPut: 'cart.put',
  cartGet: 'cart.get',
  customerRegister: 'customer.register',
  sessionOpen: 'session.open',
} as const;
