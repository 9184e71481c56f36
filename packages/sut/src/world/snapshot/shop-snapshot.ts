import { z } from 'zod';

/** Raised when a field changes its meaning; a recorded snapshot of another version is not judged. */
export const SNAPSHOT_VERSION = 2;

const count = z.int();
/** BIGINT columns: beyond 2^53 the driver gives strings, which this refuses rather than rounds. */
const id = z.int().positive();
const orderId = z.string().min(1);

const orderStatusSchema = z.enum([
  'RESERVED',
  'PAYING',
  'PAID',
  'SHIPPED',
  'CANCELLED',
  'REFUNDING',
  'REFUNDED',
]);
export type OrderStatus = z.infer<typeof orderStatusSchema>;

const stockSchema = z.object({
  productId: id,
  initial: count,
  available: count,
  reserved: count,
  sold: count,
});
export type StockRow = z.infer<typeof stockSchema>;

const stockMoveSchema = z.object({
  id,
  productId: id,
  orderId,
  kind: z.enum(['reserve', 'release', 'sell', 'restock']),
  quantity: count,
});
export type StockMove = z.infer<typeof stockMoveSchema>;

const orderSchema = z.object({
  orderId,
  customerId: id,
  key: z.string(),
  status: orderStatusSchema,
  totalCents: count,
});
export type StoredOrder = z.infer<typeof orderSchema>;

const orderItemSchema = z.object({ orderId, productId: id, quantity: count, priceCents: count });

const orderEventSchema = z.object({
  id,
  orderId,
  from: orderStatusSchema.nullable(),
  to: orderStatusSchema,
});
export type OrderEvent = z.infer<typeof orderEventSchema>;

const idempotencySchema = z.object({ customerId: id, key: z.string(), orderId: orderId.nullable() });

const cartSchema = z.object({ customerId: id, seq: count });

const cartItemSchema = z.object({
  customerId: id,
  sku: id,
  quantity: count,
  seq: count,
  opId: z.string(),
});
export type CartItemRow = z.infer<typeof cartItemSchema>;

const outboxSchema = z.object({ id, topic: z.string(), messageId: z.string(), payload: z.unknown() });

const inboxSchema = z.object({ consumer: z.string(), messageId: z.string() });

/** Messages that wait for a consumer; those given out and not yet acknowledged are not in it. */
const queueSchema = z.object({ name: z.string(), readyCount: count.nonnegative() });
export type QueueDepth = z.infer<typeof queueSchema>;

/** A charge of the provider's ledger; declined ones are left out, they moved no money. */
const captureSchema = z.object({
  chargeId: z.string(),
  key: z.string(),
  orderId,
  amountCents: count,
});
export type Capture = z.infer<typeof captureSchema>;

const refundSchema = z.object({ chargeId: z.string(), key: z.string(), orderId, amountCents: count });
export type Refund = z.infer<typeof refundSchema>;

const auditEntrySchema = z.object({
  id,
  kind: z.enum(['order', 'payment', 'security']),
  /** `login.succeeded` */
  action: z.string(),
  customerId: id.nullable(),
  orderId: orderId.nullable(),
});

const productSchema = z.object({ productId: id, version: count, priceCents: count });

/** What the cache says about the product that its key names. */
const cachedProductSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('product'),
    productId: z.int(),
    key: z.string(),
    /** The id within the entry. */
    namedId: z.int(),
    priceCents: count,
    version: count.nullable(),
  }),
  z.object({ kind: z.literal('absent'), productId: z.int(), key: z.string() }),
  z.object({ kind: z.literal('unreadable'), productId: z.int(), key: z.string() }),
]);
export type CachedProduct = z.infer<typeof cachedProductSchema>;

const deadLetterSchema = z.object({ queue: z.string(), messageId: z.string().nullable() });
export type DeadLetter = z.infer<typeof deadLetterSchema>;

/** A message that nobody can handle, sent on purpose; `info` when the broker did not confirm it. */
const poisonSchema = z.object({
  queue: z.string(),
  messageId: z.string(),
  outcome: z.enum(['ok', 'fail', 'info']),
});
export type Poison = z.infer<typeof poisonSchema>;

/** Where the secrets that customers used stand in the run's logs; never the secrets. */
const secretScanSchema = z.object({
  secretCount: count.nonnegative(),
  fileCount: count.nonnegative(),
  bytes: count.nonnegative(),
  sightingCount: count.nonnegative(),
  sightings: z.array(z.object({ file: z.string(), line: count.positive(), kind: z.string() })),
});
export type SecretScan = z.infer<typeof secretScanSchema>;

/** The clients' answers against the balancer's access log; counts are whole, lists name the first ones. */
const accessLogSchema = z.object({
  answeredCount: count.nonnegative(),
  lineCount: count.nonnegative(),
  /** How often the balancer started: a killed one takes its unwritten lines with it. */
  lifeCount: count.nonnegative(),
  differingCount: count.nonnegative(),
  differing: z.array(z.object({ requestId: z.string(), logged: count.nullable(), client: count })),
  repeatedCount: count.nonnegative(),
  repeated: z.array(z.string()),
  missingCount: count.nonnegative(),
  missing: z.array(z.string()),
});
export type AccessLogComparison = z.infer<typeof accessLogSchema>;

/** Everything that the invariants judge: one moment of the database, then the broker and the payment ledger. */
export const shopSnapshotSchema = z.object({
  version: z.literal(SNAPSHOT_VERSION),
  stock: z.array(stockSchema),
  stockMoves: z.array(stockMoveSchema),
  orders: z.array(orderSchema),
  orderItems: z.array(orderItemSchema),
  orderEvents: z.array(orderEventSchema),
  idempotency: z.array(idempotencySchema),
  carts: z.array(cartSchema),
  cartItems: z.array(cartItemSchema),
  outbox: z.array(outboxSchema),
  inbox: z.array(inboxSchema),
  queues: z.array(queueSchema),
  captures: z.array(captureSchema),
  refunds: z.array(refundSchema),
  auditTrail: z.array(auditEntrySchema),
  products: z.array(productSchema),
  cachedProducts: z.array(cachedProductSchema),
  deadLetters: z.array(deadLetterSchema),
  poison: z.array(poisonSchema),
  /** Null where there are no logs to look at. */
  secretScan: secretScanSchema.nullable(),
  /** Null where nobody told what the clients know, or no balancer writes a log. */
  accessLog: accessLogSchema.nullable(),
});

/** Plain JSON. Money in integer cents. */
export type ShopSnapshot = z.infer<typeof shopSnapshotSchema>;
