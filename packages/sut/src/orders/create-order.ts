import { randomUUID } from 'node:crypto';
import { auditStatement } from '../service/audit-trail/audit-trail.ts';
import type { Database, Ending, Session } from '../service/database/database.ts';
import { isDuplicateKey, isLockWaitTimeout } from '../service/database/failure.ts';
import { hashOfRequest, type OrderRequest } from './order-request.ts';
import { type PricedLine, type Pricing, priceLines } from './price-lines.ts';
import { auditEntry } from './saga.ts';
import { recordMoves, shiftStock } from './stock.ts';

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
  | Exclude<Pricing, { readonly kind: 'priced' }>;

export interface OrderCommand {
  readonly customerId: number;
  readonly key: string;
  readonly request: OrderRequest;
}

/** Creates one order per key, with its stock reserved, in one transaction; or says why not and changes nothing. */
export async function createOrder(database: Database, command: OrderCommand): Promise<Creation> {
  const pricing = await priceLines(database, command.customerId, command.request);
  // A repeat is answered as the first time, even if the cart, the prices or the stock are others by now.
  if (pricing.kind !== 'priced') return (await findEarlier(database, command)) ?? pricing;

  const order = newOrder(pricing.lines);
  const attempt = await database.transaction((session) => store(session, command, order));
  if (attempt.kind === 'short') return { kind: 'outOfStock', sku: await firstShort(database, pricing.lines) };
  if (attempt.kind !== 'duplicate') return attempt;
  // Somebody with the same key was faster. Its row can be read as soon as we were told of it.
  return (await findEarlier(database, command)) ?? { kind: 'inFlight' };
}

type Attempt = Creation | { readonly kind: 'duplicate' } | { readonly kind: 'short' };

async function store(session: Session, command: OrderCommand, order: CreatedOrder): Promise<Ending<Attempt>> {
  const claim = await claimKey(session, command, order);
  if (claim.kind !== 'claimed') return { kind: 'roll-back', result: claim };
  const lines = order.items.map(({ sku, quantity }) => ({ productId: sku, quantity }));
  const audit = auditStatement({
    ...auditEntry(order.orderId, null, 'RESERVED'),
    customerId: command.customerId,
  });
  const moves = recordMoves(order.orderId, 'reserve', lines);
  // One block is one round trip; what fails in it fails the transaction.
  await session.change(
    `BEGIN NOT ATOMIC
       INSERT INTO orders (id, customer_id, idempotency_key, status, total_cents) VALUES (?, ?, ?, 'RESERVED', ?);
       INSERT INTO order_item (order_id, product_id, quantity, price_cents)
         VALUES ${order.items.map(() => '(?, ?, ?, ?)').join(', ')};
       INSERT INTO order_event (order_id, from_status, to_status) VALUES (?, NULL, 'RESERVED');
       ${audit.sql};
       ${moves.sql};
     END`,
    [
      order.orderId,
      command.customerId,
      command.key,
      order.totalCents,
      ...order.items.flatMap(({ sku, quantity, priceCents }) => [order.orderId, sku, quantity, priceCents]),
      order.orderId,
      ...audit.values,
      ...moves.values,
    ],
  );
  const isReserved = await shiftStock(session, 'reserve', lines);
  return isReserved
    ? { kind: 'commit', result: { kind: 'created', order } }
    : { kind: 'roll-back', result: { kind: 'short' } };
}

/** Which product stood in the way. Nobody is told a number, so a moment later is early enough. */
async function firstShort(database: Session, lines: readonly PricedLine[]): Promise<number> {
  const rows = await database.rows<{ readonly sku: number; readonly available: number }>(
    `SELECT product_id AS sku, available FROM stock WHERE product_id IN (${lines.map(() => '?').join(', ')})`,
    lines.map(({ sku }) => sku),
  );
  const available = new Map(rows.map((row) => [row.sku, row.available]));
  const short = lines.find(({ sku, quantity }) => (available.get(sku) ?? 0) < quantity) ?? lines[0];
  return short?.sku ?? 0;
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
