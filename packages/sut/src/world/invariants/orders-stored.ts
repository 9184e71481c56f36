import type { Finding } from '@stormcart/core';
import type { StoredOrder } from '../snapshot/shop-snapshot.ts';
import type { OrderAttempt } from './audited-history.ts';
import type { ShopInvariant } from './shop-invariant.ts';

/** Acknowledged ⊆ stored ⊆ attempted, one order per key, and the same answer each time a key is used. */
export const ordersStored: ShopInvariant = {
  name: 'orders-stored',
  about:
    'Acknowledged orders are stored, once per key and as answered; nothing is stored that nobody asked for.',
  judge({ history, snapshot }) {
    const attempts = Map.groupBy(history.orders, (attempt) =>
      ownerKey(attempt.input.customerId, attempt.key),
    );
    const stored = Map.groupBy(snapshot.orders, (order) => ownerKey(order.customerId, order.key));
    const storedIds = new Set(snapshot.orders.map((order) => order.orderId));
    const findings: Finding[] = [];
    for (const [owner, group] of attempts) findings.push(...judgeKey(group, stored.get(owner) ?? []));
    for (const [owner, orders] of stored) {
      if (!attempts.has(owner)) findings.push(...orders.map(strayOrder));
    }
    for (const row of snapshot.idempotency) {
      if (row.orderId === null || storedIds.has(row.orderId)) continue;
      findings.push({
        message: `key ${row.key} of customer ${row.customerId} points at order ${row.orderId}, which is not stored`,
        evidence: { ...row },
      });
    }
    return { checkedCount: attempts.size + snapshot.orders.length, findings };
  },
};

const ownerKey = (customerId: number, key: string): string => `${customerId}/${key}`;

/** All attempts with one key against the orders stored under it. */
function judgeKey(attempts: readonly OrderAttempt[], stored: readonly StoredOrder[]): readonly Finding[] {
  const [first] = attempts;
  if (first === undefined) return [];
  const who = `key ${first.key} of customer ${first.input.customerId}`;
  const evidence = { attempts, stored };
  const findings: Finding[] = [];
  if (stored.length > 1) {
    const ids = stored.map((order) => order.orderId).join(', ');
    findings.push({ message: `${who} has ${stored.length} stored orders: ${ids}`, evidence });
  }
  const [order] = stored;
  if (order !== undefined && attempts.every((attempt) => attempt.outcome === 'fail')) {
    const message = `order ${order.orderId} (${who}) is stored although every attempt was refused`;
    findings.push({ message, evidence });
  }
  const answers = new Set<string>();
  for (const attempt of attempts) {
    if (attempt.outcome !== 'ok') continue;
    const { answer } = attempt;
    if (answer !== undefined) answers.add(JSON.stringify(answer));
    const id = answer?.orderId ?? 'without an id';
    if (order === undefined) {
      const message = `order ${id} (${who}, operation ${attempt.index}) was acknowledged and is not stored`;
      findings.push({ message, evidence });
    } else if (answer === undefined) {
      const message = `${who}: operation ${attempt.index} was acknowledged without saying what was ordered`;
      findings.push({ message, evidence });
    } else if (order.orderId !== answer.orderId) {
      const message = `${who}: order ${answer.orderId} was acknowledged, ${order.orderId} is stored`;
      findings.push({ message, evidence });
    } else if (order.totalCents !== answer.totalCents) {
      const message = `order ${order.orderId} (${who}): ${answer.totalCents} cents were acknowledged, ${order.totalCents} are stored`;
      findings.push({ message, evidence });
    }
  }
  if (answers.size > 1) {
    findings.push({ message: `${who} was answered in ${answers.size} different ways`, evidence });
  }
  return findings;
}

function strayOrder(order: StoredOrder): Finding {
  const message = `order ${order.orderId} (key ${order.key}) of customer ${order.customerId} is stored and nobody asked for it`;
  return { message, evidence: { order } };
}
