import type { Operation, OperationOutcome } from '@stormcart/core';
import { ACTION, PROBE_ACTION } from '../operation/shop-operation.ts';
import { type OrderStatus, type ShopSnapshot, SNAPSHOT_VERSION } from '../snapshot/shop-snapshot.ts';

/** How an operation went: what the customer was told, and, where that left it open, what really happened. */
export type Fate = 'ok' | 'fail' | 'infoDone' | 'infoNotDone';

export interface ModelItem {
  readonly sku: number;
  readonly quantity: number;
}

interface ModelOrder {
  readonly orderId: string;
  readonly customerId: number;
  readonly key: string;
  readonly items: readonly ModelItem[];
  readonly totalCents: number;
  status: OrderStatus;
}

type Row<Part extends keyof ShopSnapshot> = ShopSnapshot[Part] extends (infer Item)[] ? Item : never;

const PRODUCTS = 8;
const priceCents = (sku: number): number => sku * 100 + 99;

const productRow = (sku: number) => ({ productId: sku, version: 1, priceCents: priceCents(sku) });

/**
 * A shop that never does anything wrong, in memory: what the invariants' tests start from. It writes both sides of
 * an audit, the history and the rows.
 */
export class ShopModel {
  readonly operations: Operation[] = [];
  readonly #initial: number;
  readonly #orders: ModelOrder[] = [];
  readonly #moves: Row<'stockMoves'>[] = [];
  readonly #events: Row<'orderEvents'>[] = [];
  readonly #captures: Row<'captures'>[] = [];
  readonly #refunds: Row<'refunds'>[] = [];
  readonly #inbox: Row<'inbox'>[] = [];
  readonly #logins: Row<'auditTrail'>[] = [];
  readonly #cartItems = new Map<string, Row<'cartItems'>>();
  readonly #cartSeqs = new Map<number, number>();
  readonly #sentSeqs = new Map<number, number>();

  constructor(initialStock = 1_000) {
    this.#initial = initialStock;
  }

  get orderCount(): number {
    return this.#orders.length;
  }

  /** Gives the order's id, undefined when there is none. */
  order(customerId: number, key: string, items: readonly ModelItem[], fate: Fate): string | undefined {
    const cartSeq = this.#sentSeqs.get(customerId) ?? 0;
    const totalCents = items.reduce((sum, { sku, quantity }) => sum + priceCents(sku) * quantity, 0);
    const orderId = `order-${this.#orders.length + 1}`;
    const output = { orderId, totalCents, items };
    this.#operate(ACTION.orderCreate, key, fate, { customerId, cartSeq }, output);
    if (!isDone(fate)) return undefined;
    this.#orders.push({ orderId, customerId, key, items, totalCents, status: 'RESERVED' });
    this.#step(orderId, null, 'RESERVED');
    this.#move(orderId, items, 'reserve');
    return orderId;
  }

  /** The same key once more: the same answer, no second order. */
  orderAgain(index: number): void {
    const order = this.#at(index);
    const { customerId, key, orderId, totalCents, items } = order;
    const cartSeq = this.#sentSeqs.get(customerId) ?? 0;
    this.#operate(ACTION.orderCreate, key, 'ok', { customerId, cartSeq }, { orderId, totalCents, items });
  }

  /** Pays an order that waits for it; any other is left alone. */
  pay(index: number, fate: Fate, isDeclined: boolean): void {
    const order = this.#at(index);
    if (order.status !== 'RESERVED') return;
    const { orderId, customerId, items } = order;
    this.#operate(ACTION.paymentRequest, orderId, fate, { customerId, orderId });
    if (!isDone(fate)) return;
    this.#step(orderId, 'RESERVED', 'PAYING');
    this.#inbox.push({ consumer: 'payments', messageId: `message-${orderId}` });
    order.status = isDeclined ? 'CANCELLED' : 'PAID';
    this.#step(orderId, 'PAYING', order.status);
    this.#move(orderId, items, isDeclined ? 'release' : 'sell');
    if (isDeclined) return;
    const chargeId = `ch-${this.#captures.length + 1}`;
    this.#captures.push({ chargeId, key: `pay-${orderId}`, orderId, amountCents: order.totalCents });
  }

  /** Ships a paid order; any other is left alone. */
  ship(index: number, fate: Fate): void {
    const order = this.#at(index);
    if (order.status !== 'PAID') return;
    this.#operate(ACTION.orderShip, order.orderId, fate, { orderId: order.orderId });
    if (!isDone(fate)) return;
    order.status = 'SHIPPED';
    this.#step(order.orderId, 'PAID', 'SHIPPED');
  }

  /** Cancels an order that waits for its payment, gives the money of a paid one back; any other is left alone. */
  cancel(index: number): void {
    const order = this.#at(index);
    const { orderId, customerId, items, totalCents } = order;
    if (order.status !== 'RESERVED' && order.status !== 'PAID') return;
    this.#operate(ACTION.orderCancel, orderId, 'ok', { customerId, orderId });
    if (order.status === 'RESERVED') {
      this.#step(orderId, 'RESERVED', 'CANCELLED');
      this.#move(orderId, items, 'release');
      order.status = 'CANCELLED';
    } else {
      this.#step(orderId, 'PAID', 'REFUNDING');
      this.#move(orderId, items, 'restock');
      const chargeId = this.#captures.find((capture) => capture.orderId === orderId)?.chargeId ?? '';
      this.#refunds.push({ chargeId, key: `refund-${orderId}`, orderId, amountCents: totalCents });
      this.#step(orderId, 'REFUNDING', 'REFUNDED');
      order.status = 'REFUNDED';
    }
  }

  putCart(customerId: number, sku: number, quantity: number, fate: Fate): void {
    const seq = (this.#sentSeqs.get(customerId) ?? 0) + 1;
    this.#sentSeqs.set(customerId, seq);
    const opId = `op-${customerId}-${seq}`;
    this.#operate(ACTION.cartPut, opId, fate, { customerId, sku, quantity, seq, opId });
    if (!isDone(fate)) return;
    this.#cartSeqs.set(customerId, seq);
    this.#cartItems.set(`${customerId}/${sku}`, { customerId, sku, quantity, seq, opId });
  }

  /** Shows the customer their cart as it stands. */
  getCart(customerId: number): void {
    const seq = this.#cartSeqs.get(customerId) ?? 0;
    const items = [...this.#cartItems.values()]
      .filter((item) => item.customerId === customerId && item.quantity > 0)
      .map(({ sku, quantity }) => ({ sku, quantity }));
    this.#operate(ACTION.cartGet, `${customerId}/${seq}`, 'ok', { customerId, minSeq: seq }, { seq, items });
  }

  logIn(customerId: number): void {
    this.#operate(ACTION.sessionOpen, `login-${customerId}`, 'ok', { email: `${customerId}@example.test` });
    this.#logins.push({
      id: this.#logins.length + 1,
      kind: 'security',
      action: 'login.succeeded',
      customerId,
      orderId: null,
    });
  }

  /** An attack that is refused. */
  probe(): void {
    this.#operate(`${PROBE_ACTION}own-price`, 'attack', 'ok', { attempt: 'try it' }, { isBreach: false });
  }

  snapshot(): ShopSnapshot {
    return structuredClone({
      version: SNAPSHOT_VERSION,
      stock: Array.from({ length: PRODUCTS }, (_, index) => this.#stockOf(index + 1)),
      stockMoves: this.#moves,
      orders: this.#orders.map(({ items: _items, ...order }) => order),
      orderItems: this.#orders.flatMap(({ orderId, items }) =>
        items.map(({ sku, quantity }) => ({
          orderId,
          productId: sku,
          quantity,
          priceCents: priceCents(sku),
        })),
      ),
      orderEvents: this.#events,
      idempotency: this.#orders.map(({ customerId, key, orderId }) => ({ customerId, key, orderId })),
      carts: [...this.#cartSeqs].map(([customerId, seq]) => ({ customerId, seq })),
      cartItems: [...this.#cartItems.values()],
      outbox: [],
      inbox: this.#inbox,
      queues: [
        { name: 'cart', readyCount: 0 },
        { name: 'payments', readyCount: 0 },
        { name: 'refunds', readyCount: 0 },
        { name: 'cart.dead', readyCount: 1 },
        { name: 'payments.dead', readyCount: 0 },
        { name: 'refunds.dead', readyCount: 0 },
      ],
      poison: [{ queue: 'cart', messageId: 'poison-1', outcome: 'ok' }],
      deadLetters: [{ queue: 'cart.dead', messageId: 'poison-1' }],
      auditTrail: [
        ...this.#logins,
        ...this.#events.map(({ id, orderId, to }) => ({
          id: this.#logins.length + id,
          kind: 'order' as const,
          action: `order.${to.toLowerCase()}`,
          customerId: null,
          orderId,
        })),
      ],
      products: Array.from({ length: PRODUCTS }, (_, index) => productRow(index + 1)),
      cachedProducts: [1, 2].map((sku) => ({
        kind: 'product' as const,
        key: `product:v1:${sku}`,
        namedId: sku,
        ...productRow(sku),
      })),
      secretScan: { secretCount: 3, fileCount: 2, bytes: 4_000, sightingCount: 0, sightings: [] },
      accessLog: {
        answeredCount: 9,
        lineCount: 10,
        lifeCount: 1,
        differingCount: 0,
        differing: [],
        repeatedCount: 0,
        repeated: [],
        missingCount: 0,
        missing: [],
      },
      captures: this.#captures,
      refunds: this.#refunds,
    });
  }

  #at(index: number): ModelOrder {
    const order = this.#orders[index];
    if (order === undefined) throw new RangeError(`no order ${index}`);
    return order;
  }

  #stockOf(productId: number): Row<'stock'> {
    let [available, reserved, sold] = [this.#initial, 0, 0];
    for (const { items, status } of this.#orders) {
      const quantity = items.find(({ sku }) => sku === productId)?.quantity ?? 0;
      if (status === 'CANCELLED' || status === 'REFUNDED') continue;
      available -= quantity;
      if (status === 'RESERVED' || status === 'PAYING') reserved += quantity;
      else sold += quantity;
    }
    return { productId, initial: this.#initial, available, reserved, sold };
  }

  #step(orderId: string, from: OrderStatus | null, to: OrderStatus): void {
    this.#events.push({ id: this.#events.length + 1, orderId, from, to });
  }

  #move(orderId: string, items: readonly ModelItem[], kind: Row<'stockMoves'>['kind']): void {
    for (const { sku, quantity } of items) {
      this.#moves.push({ id: this.#moves.length + 1, productId: sku, orderId, kind, quantity });
    }
  }

  #operate(
    action: string,
    key: string,
    fate: Fate,
    input: Readonly<Record<string, unknown>>,
    output: Readonly<Record<string, unknown>> = {},
  ): void {
    const index = this.operations.length + 1;
    const outcome: OperationOutcome = fate === 'ok' || fate === 'fail' ? fate : 'info';
    this.operations.push({
      index,
      action,
      key,
      journey: 'checkout',
      customer: `visit-${index}`,
      sentMs: index * 10,
      endedMs: index * 10 + 5,
      outcome,
      ...(outcome === 'info' ? {} : { status: outcome === 'ok' ? 201 : 409 }),
      input,
      ...(outcome === 'ok' ? { output } : {}),
    });
  }
}

function isDone(fate: Fate): boolean {
  return fate === 'ok' || fate === 'infoDone';
}
