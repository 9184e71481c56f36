import { randomUUID } from 'node:crypto';
import type { Database, Ending, Session } from '../service/database/database.ts';
import { isDuplicateKey, isLockWaitTimeout } from '../service/database/failure.ts';
import { hashOfRequest, type OrderRequest } from './order-request.ts';
import { type PricedLine, type Pricing, priceLines } from './price-lines.ts';
import { recordEvent } from './saga.ts';
import { moveStock } from './stock.ts';

/** The body of a 201. */
interface CreatedOrder {
  readonly orderId: string;
  readonly status: 'RESERVED';
  readonly totalCents: number;
  readonly items: readonly PricedLine[];
}

export type Creation =
  /** Now, or earlier with the same key and body. */
  | { readonly kind: 'created'; readonly order: CreatedOrder }
  | { readonly kind: 'keyReused' }
  | { readonly kind: 'inFlight' }
  | { readonly kind: 'outOfStock'; readonly sku: number }
  | Exclude<Pricing, { readonly kind: 'priced' }>;

export interface OrderCommand {
  readonly customerId: number;
  readonly key: string;
  readonly request: OrderRequest;
}

/** Creates one order per key, with its stock reserved, in one transaction; or says why not and changes nothing. */
export async function createOrder(database: Database, command: OrderCommand): Promise<Creation> {
  const [earlier, pricing] = await Promise.all([
    findEarlier(database, command),
    priceLines(database, command.customerId, command.request),
  ]);
  if (earlier !== undefined) return earlier;
  if (pricing.kind !== 'priced') return pricing;

  const order = newOrder(pricing.lines);
  const attempt = await database.transaction((session) => store(session, command, order));
  if (attempt.kind !== 'duplicate') return attempt;
  // Somebody with the same key was faster. Its row can be read as soon as we were told of it.
  return (await findEarlier(database, command)) ?? { kind: 'inFlight' };
}

type Attempt = Creation | { readonly kind: 'duplicate' };

async function store(session: Session, command: OrderCommand, order: CreatedOrder): Promise<Ending<Attempt>> {
  const claim = await claimKey(session, command, order);
  if (claim.kind !== 'claimed') return { kind: 'roll-back', result: claim };
  await session.change(
    `INSERT INTO orders (id, customer_id, idempotency_key, status, total_cents) VALUES (?, ?, ?, 'RESERVED', ?)`,
    [order.orderId, command.customerId, command.key, order.totalCents],
  );
  await session.change(
    `INSERT INTO order_item (order_id, product_id, quantity, price_cents)
     VALUES ${order.items.map(() => '(?, ?, ?, ?)').join(', ')}`,
    order.items.flatMap(({ sku, quantity, priceCents }) => [order.orderId, sku, quantity, priceCents]),
  );
  await recordEvent(session, order.orderId, null, 'RESERVED');
  // Last, because a popular product's stock row is what everybody waits for.
  const lines = order.items.map(({ sku, quantity }) => ({ productId: sku, quantity }));
  const moved = await moveStock(session, order.orderId, 'reserve', lines);
  if (moved.kind === 'short')
    return { kind: 'roll-back', result: { kind: 'outOfStock', sku: moved.productId } };
  return { kind: 'commit', result: { kind: 'created', order } };
}

/** Seconds that a second request with the same key waits for the first to end; then it is told to come back. */
const SAME_KEY_WAIT_SECONDS = 1;

type Claim = { readonly kind: 'claimed' } | { readonly kind: 'duplicate' } | { readonly kind: 'inFlight' };

/** The first to insert the row owns the key until its transaction ends; all others wait on the row. */
async function claimKey(session: Session, command: OrderCommand, order: CreatedOrder): Promise<Claim> {
  try {
    await session.change(
      `SET STATEMENT innodb_lock_wait_timeout = ${SAME_KEY_WAIT_SECONDS} FOR
       INSERT INTO idempotency (customer_id, idempotency_key, request_hash, order_id, response) VALUES (?, ?, ?, ?, ?)`,
      [command.customerId, command.key, hashOfRequest(command.request), order.orderId, JSON.stringify(order)],
    );
    return { kind: 'claimed' };
  } catch (error) {
    if (isDuplicateKey(error)) return { kind: 'duplicate' };
    if (isLockWaitTimeout(error)) return { kind: 'inFlight' };
    throw error;
  }
}

async function findEarlier(database: Session, command: OrderCommand): Promise<Creation | undefined> {
  const [row] = await database.rows<{ readonly requestHash: Buffer; readonly response: string }>(
    `SELECT request_hash AS requestHash, response FROM idempotency WHERE customer_id = ? AND idempotency_key = ?`,
    [command.customerId, command.key],
  );
  if (row === undefined) return undefined;
  if (!row.requestHash.equals(hashOfRequest(command.request))) return { kind: 'keyReused' };
  return { kind: 'created', order: JSON.parse(row.response) as CreatedOrder };
}

function newOrder(items: readonly PricedLine[]): CreatedOrder {
  return {
    orderId: randomUUID(),
    status: 'RESERVED',
    totalCents: items.reduce((sum, { quantity, priceCents }) => sum + quantity * priceCents, 0),
    items,
  };
}
