import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ShopSnapshot } from '../snapshot/shop-snapshot.ts';
import { type AuditCase, caseOf } from './audit-case.ts';
import { shopInvariants } from './invariants.ts';
import { type Fate, ShopModel } from './shop-model.ts';

const fate = fc.constantFrom<Fate>('ok', 'ok', 'ok', 'fail', 'infoDone', 'infoNotDone');
const customerId = fc.integer({ min: 1, max: 3 });
const sku = fc.integer({ min: 1, max: 8 });
const items = fc.uniqueArray(fc.record({ sku, quantity: fc.integer({ min: 1, max: 3 }) }), {
  minLength: 1,
  maxLength: 3,
  selector: (item) => item.sku,
});
const which = fc.nat({ max: 1_000 });

type Step = (model: ShopModel, index: number) => void;

/** A step that needs an order takes any that is there. */
function onOrder(apply: (model: ShopModel, order: number) => void, order: number): Step {
  return (model) => {
    if (model.orderCount > 0) apply(model, order % model.orderCount);
  };
}

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(customerId, items, fate).map(
    ([customer, ordered, end]): Step =>
      (model, index) =>
        model.order(customer, `key-${index}`, ordered, end),
  ),
  fc
    .tuple(which, fate, fc.boolean())
    .map(([order, end, isDeclined]) => onOrder((model, index) => model.pay(index, end, isDeclined), order)),
  fc.tuple(which, fate).map(([order, end]) => onOrder((model, index) => model.ship(index, end), order)),
  which.map((order) => onOrder((model, index) => model.orderAgain(index), order)),
  which.map((order) => onOrder((model, index) => model.cancel(index), order)),
  fc.tuple(customerId, sku, fc.integer({ min: 0, max: 3 }), fate).map(
    ([customer, product, quantity, end]): Step =>
      (model) =>
        model.putCart(customer, product, quantity, end),
  ),
  customerId.map(
    (customer): Step =>
      (model) =>
        model.getCart(customer),
  ),
);

const legalShop = fc.array(step, { maxLength: 40 }).map((steps) => {
  const model = new ShopModel();
  model.probe();
  for (const [index, apply] of steps.entries()) apply(model, index);
  return model;
});

const answersOf = ({ operations, snapshot }: AuditCase): Readonly<Record<string, string>> =>
  Object.fromEntries(
    shopInvariants.map((invariant) => [invariant.name, invariant.check(operations, snapshot).answer]),
  );

it('every legal history and state holds', () => {
  fc.assert(
    fc.property(legalShop, (model) => {
      expect(new Set(Object.values(answersOf(caseOf(model))))).toEqual(new Set(['holds']));
    }),
    { numRuns: 300 },
  );
});

/** One change of the stores; undefined when this state has nothing to change. `pick` chooses the row. */
type Corruption = (snapshot: ShopSnapshot, pick: <Row>(rows: readonly Row[]) => Row) => void;

interface CorruptionCase {
  readonly name: string;
  /** The invariant that must see it. */
  readonly trips: string;
  readonly needs: (snapshot: ShopSnapshot) => readonly unknown[];
  readonly corrupt: Corruption;
}

const acknowledged = (snapshot: ShopSnapshot): readonly ShopSnapshot['orders'][number][] => snapshot.orders;

const corruptions: readonly CorruptionCase[] = [
  {
    name: 'a message that was not poisoned is a dead letter',
    trips: 'dead-letters',
    needs: (snapshot) => snapshot.deadLetters,
    corrupt: (snapshot) => {
      snapshot.deadLetters.push({ queue: 'payments.dead', messageId: 'honest' });
    },
  },
  {
    name: 'poison was swallowed',
    trips: 'dead-letters',
    needs: (snapshot) => snapshot.deadLetters,
    corrupt: (snapshot) => {
      snapshot.deadLetters = [];
    },
  },
  {
    name: 'a product is repriced and its entry is not',
    trips: 'cache-consistent',
    needs: (snapshot) => snapshot.cachedProducts,
    corrupt: (snapshot, pick) => {
      const { productId } = pick(snapshot.cachedProducts);
      for (const row of snapshot.products) if (row.productId === productId) row.priceCents += 1;
    },
  },
  {
    name: 'an entry is newer than the product',
    trips: 'cache-consistent',
    needs: (snapshot) => snapshot.cachedProducts,
    corrupt: (snapshot, pick) => {
      Object.assign(pick(snapshot.cachedProducts), { version: 7 });
    },
  },
  {
    name: 'a secret stands in a log',
    trips: 'secrets-kept',
    needs: acknowledged,
    corrupt: (snapshot) => {
      snapshot.secretScan?.sightings.push({ file: 'account-1.log', line: 3, kind: 'password' });
    },
  },
  {
    name: 'an answered request is not in the log',
    trips: 'ledger-agrees',
    needs: acknowledged,
    corrupt: (snapshot) => {
      snapshot.accessLog?.missing.push('run-7');
    },
  },
  {
    name: 'an acknowledged order left no trail',
    trips: 'trail-complete',
    needs: (snapshot) => snapshot.captures,
    corrupt: (snapshot) => {
      snapshot.orderEvents = snapshot.orderEvents.filter(({ to }) => to !== 'PAYING');
    },
  },
  {
    name: 'an order is dropped with all its rows but the key',
    trips: 'orders-stored',
    needs: acknowledged,
    corrupt: (snapshot, pick) => {
      const { orderId } = pick(snapshot.orders);
      snapshot.orders = snapshot.orders.filter((order) => order.orderId !== orderId);
      snapshot.orderItems = snapshot.orderItems.filter((item) => item.orderId !== orderId);
      snapshot.orderEvents = snapshot.orderEvents.filter((event) => event.orderId !== orderId);
    },
  },
  {
    name: 'an order is stored twice',
    trips: 'orders-stored',
    needs: acknowledged,
    corrupt: (snapshot, pick) => {
      snapshot.orders.push({ ...pick(snapshot.orders), orderId: 'order-copy' });
    },
  },
  {
    name: 'a capture is doubled',
    trips: 'payments-exact',
    needs: (snapshot) => snapshot.captures,
    corrupt: (snapshot, pick) => {
      snapshot.captures.push({ ...pick(snapshot.captures), chargeId: 'ch-copy' });
    },
  },
  {
    name: 'a capture is lost',
    trips: 'payments-exact',
    needs: (snapshot) => snapshot.captures,
    corrupt: (snapshot, pick) => {
      const lost = pick(snapshot.captures);
      snapshot.captures = snapshot.captures.filter((capture) => capture !== lost);
    },
  },
  ...(['initial', 'available', 'reserved', 'sold'] as const).map(
    (counter): CorruptionCase => ({
      name: `a stock row's ${counter} is changed`,
      trips: 'stock-conserved',
      needs: (snapshot) => snapshot.stock,
      corrupt: (snapshot, pick) => {
        pick(snapshot.stock)[counter] += 1;
      },
    }),
  ),
  {
    name: 'a stock move is lost',
    trips: 'stock-conserved',
    needs: (snapshot) => snapshot.stockMoves,
    corrupt: (snapshot, pick) => {
      const lost = pick(snapshot.stockMoves);
      snapshot.stockMoves = snapshot.stockMoves.filter((move) => move !== lost);
    },
  },
  {
    name: 'a message stays in the outbox',
    trips: 'outbox-empty',
    needs: acknowledged,
    corrupt: (snapshot) => {
      snapshot.outbox.push({ id: 1, topic: 'payments', messageId: 'left', payload: {} });
    },
  },
  {
    name: 'an order event is lost',
    trips: 'sagas-ended',
    needs: (snapshot) => snapshot.orderEvents,
    corrupt: (snapshot, pick) => {
      const lost = pick(snapshot.orderEvents);
      snapshot.orderEvents = snapshot.orderEvents.filter((event) => event !== lost);
    },
  },
  {
    name: 'an order is left in PAYING',
    trips: 'sagas-ended',
    needs: acknowledged,
    corrupt: (snapshot, pick) => {
      pick(snapshot.orders).status = 'PAYING';
    },
  },
  {
    name: 'a price is changed after the order',
    trips: 'order-total',
    needs: (snapshot) => snapshot.orderItems,
    corrupt: (snapshot, pick) => {
      pick(snapshot.orderItems).priceCents += 1;
    },
  },
  {
    name: 'a cart quantity is changed',
    trips: 'cart-settled',
    needs: (snapshot) => snapshot.cartItems,
    corrupt: (snapshot, pick) => {
      pick(snapshot.cartItems).quantity += 1;
    },
  },
  {
    name: 'a cart is settled beyond what was sent',
    trips: 'cart-settled',
    needs: (snapshot) => snapshot.carts,
    corrupt: (snapshot, pick) => {
      pick(snapshot.carts).seq += 1_000;
    },
  },
];

it.each(corruptions)('$trips finds it when $name', ({ trips, needs, corrupt }) => {
  fc.assert(
    fc.property(legalShop, which, (model, choice) => {
      const state = caseOf(model);
      fc.pre(needs(state.snapshot).length > 0);
      corrupt(state.snapshot, (rows) => {
        const row = rows[choice % rows.length];
        if (row === undefined) throw new Error('nothing to pick from');
        return row;
      });
      expect(answersOf(state)[trips]).toBe('violated');
    }),
    { numRuns: 100 },
  );
});

/** A history of so many rounds of five operations each, and the state that it left. */
function historyOf(rounds: number) {
  const model = new ShopModel(5 * rounds);
  model.probe();
  for (let index = 0; index < rounds; index += 1) {
    const customer = (index % 500) + 1;
    model.putCart(customer, (index % 8) + 1, 1, 'ok');
    model.order(customer, `key-${index}`, [{ sku: (index % 8) + 1, quantity: 1 }], 'ok');
    model.pay(index, 'ok', index % 20 === 0);
    model.orderAgain(index);
    model.getCart(customer);
  }
  return { operations: model.operations, snapshot: model.snapshot() };
}

/** CPU time, which other programs on the machine do not lengthen as they do the clock's. */
function judge(rounds: number): { readonly answers: readonly string[]; readonly cpuMs: number } {
  const state = historyOf(rounds);
  expect(state.operations).toHaveLength(5 * rounds + 1);
  const before = process.cpuUsage();
  const answers = Object.values(answersOf(state));
  const { user, system } = process.cpuUsage(before);
  return { answers, cpuMs: (user + system) / 1_000 };
}

it('judges a hundred thousand operations for about ten times what ten thousand cost', () => {
  // The first one pays for the compiling.
  judge(2_000);
  const small = judge(2_000);
  const large = judge(20_000);
  process.stdout.write(`100,000 operations judged in ${Math.round(large.cpuMs)} ms of CPU\n`);
  expect(new Set(large.answers)).toEqual(new Set(['holds']));
  // Twice as much for the larger heap; what is quadratic would take a hundred times as long.
  expect(large.cpuMs / small.cpuMs).toBeLessThan(25);
}, 60_000);
