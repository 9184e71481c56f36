import type { Session } from '../service/database/database.ts';
import { type FraudFacts, fraudFigures } from './score-order.ts';

/** What is asked about. */
export interface AssessedOrder {
  readonly orderId: string;
  readonly customerId: number;
  readonly totalCents: number;
}

interface FactsRow {
  readonly recentOrders: number;
  readonly paidOrders: number;
  readonly paidAverageCents: number;
}

/** One statement over a customer's newest orders: an index keeps it to those. */
export async function readFacts(database: Session, order: AssessedOrder): Promise<FraudFacts> {
  const [row] = await database.rows<FactsRow>(
    `SELECT COALESCE(SUM(created_at > NOW(3) - INTERVAL ${fraudFigures.velocityWindowSeconds} SECOND), 0) AS recentOrders,
            COALESCE(SUM(status IN ('PAID', 'SHIPPED')), 0) AS paidOrders,
            COALESCE(AVG(IF(status IN ('PAID', 'SHIPPED'), total_cents, NULL)), 0) AS paidAverageCents
     FROM (SELECT created_at, status, total_cents FROM orders WHERE customer_id = ? AND id <> ?
           ORDER BY created_at DESC LIMIT ${fraudFigures.historyOrders}) AS earlier`,
    [order.customerId, order.orderId],
  );
  return {
    totalCents: order.totalCents,
    recentOrders: row?.recentOrders ?? 0,
    paidOrders: row?.paidOrders ?? 0,
    paidAverageCents: row?.paidAverageCents ?? 0,
  };
}
