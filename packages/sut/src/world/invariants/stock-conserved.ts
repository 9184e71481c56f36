import type { Finding } from '@stormcart/core';
import type { ShopSnapshot, StockMove, StockRow } from '../snapshot/shop-snapshot.ts';
import type { ShopInvariant } from './shop-invariant.ts';

interface Shelf {
  readonly available: number;
  readonly reserved: number;
  readonly sold: number;
}

/** Goods neither appear nor vanish: the counters add up, follow from the moves, and match the orders. */
export const stockConserved: ShopInvariant = {
  name: 'stock-conserved',
  about:
    'initial = available + reserved + sold for each product, equal to the moves and to what orders hold.',
  judge({ snapshot }) {
    const moves = Map.groupBy(snapshot.stockMoves, (move) => move.productId);
    const held = quantitiesHeld(snapshot);
    const findings: Finding[] = [];
    const seen = new Set<number>();
    for (const row of snapshot.stock) {
      seen.add(row.productId);
      const productMoves = moves.get(row.productId) ?? [];
      const problems = judgeRow(row, productMoves, held.get(row.productId) ?? NOTHING_HELD);
      for (const problem of problems) {
        findings.push({
          message: `product ${row.productId}: ${problem}`,
          evidence: { stock: row, moves: productMoves },
        });
      }
    }
    for (const productId of new Set([...moves.keys(), ...held.keys()])) {
      if (seen.has(productId)) continue;
      findings.push({
        message: `product ${productId} was moved or ordered and has no stock row`,
        evidence: { moves: moves.get(productId) ?? [] },
      });
    }
    return { checkedCount: snapshot.stock.length, findings };
  },
};

function judgeRow(row: StockRow, moves: readonly StockMove[], held: Held): readonly string[] {
  const problems: string[] = [];
  const { initial, available, reserved, sold } = row;
  if (available < 0 || reserved < 0 || sold < 0) {
    problems.push(`a counter is negative (${describe(row)})`);
  }
  if (initial !== available + reserved + sold) {
    problems.push(`initial ${initial} is not available + reserved + sold (${describe(row)})`);
  }
  const folded = foldMoves(initial, moves);
  if (folded.available !== available || folded.reserved !== reserved || folded.sold !== sold) {
    problems.push(`the ${moves.length} moves give ${describe(folded)}, stored is ${describe(row)}`);
  }
  if (held.open !== reserved) problems.push(`${reserved} are reserved, open orders hold ${held.open}`);
  if (held.paid !== sold) problems.push(`${sold} are sold, paid orders hold ${held.paid}`);
  return problems;
}

const describe = ({ available, reserved, sold }: Shelf): string =>
  `available ${available}, reserved ${reserved}, sold ${sold}`;

function foldMoves(initial: number, moves: readonly StockMove[]): Shelf {
  let [available, reserved, sold] = [initial, 0, 0];
  for (const { kind, quantity } of moves) {
    switch (kind) {
      case 'reserve':
        available -= quantity;
        reserved += quantity;
        break;
      case 'release':
        available += quantity;
        reserved -= quantity;
        break;
      case 'sell':
        reserved -= quantity;
        sold += quantity;
        break;
      case 'restock':
        sold -= quantity;
        available += quantity;
        break;
    }
  }
  return { available, reserved, sold };
}

interface Held {
  readonly open: number;
  readonly paid: number;
}

const NOTHING_HELD: Held = { open: 0, paid: 0 };

/** By product: what open (reserved, paying) and paid (paid, shipped) orders hold. All others gave it back. */
function quantitiesHeld(snapshot: ShopSnapshot): ReadonlyMap<number, Held> {
  const statuses = new Map(snapshot.orders.map((order) => [order.orderId, order.status]));
  const held = new Map<number, Held>();
  for (const { orderId, productId, quantity } of snapshot.orderItems) {
    const status = statuses.get(orderId);
    const { open, paid } = held.get(productId) ?? NOTHING_HELD;
    if (status === 'RESERVED' || status === 'PAYING') held.set(productId, { open: open + quantity, paid });
    if (status === 'PAID' || status === 'SHIPPED') held.set(productId, { open, paid: paid + quantity });
  }
  return held;
}
