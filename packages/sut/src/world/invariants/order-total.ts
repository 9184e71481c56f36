import type { Finding } from '@stormcart/core';
import type { ShopInvariant } from './shop-invariant.ts';

/** What is charged is what was ordered. */
export const orderTotal: ShopInvariant = {
  name: 'order-total',
  about: 'The total of each order is the sum of price × quantity over its items.',
  judge({ snapshot }) {
    const items = Map.groupBy(snapshot.orderItems, (item) => item.orderId);
    const known = new Set(snapshot.orders.map((order) => order.orderId));
    const findings: Finding[] = [];
    for (const order of snapshot.orders) {
      const orderItems = items.get(order.orderId) ?? [];
      const evidence = { order, items: orderItems };
      const sumCents = orderItems.reduce((sum, item) => sum + item.priceCents * item.quantity, 0);
      if (orderItems.length === 0) {
        findings.push({ message: `order ${order.orderId} has no items`, evidence });
      } else if (sumCents !== order.totalCents) {
        const message = `order ${order.orderId} has a total of ${order.totalCents} cents, its items make ${sumCents}`;
        findings.push({ message, evidence });
      }
      const wrong = orderItems.find((item) => item.quantity <= 0 || item.priceCents < 0);
      if (wrong !== undefined) {
        const message = `order ${order.orderId} holds ${wrong.quantity} of product ${wrong.productId} at ${wrong.priceCents} cents`;
        findings.push({ message, evidence });
      }
    }
    for (const [orderId, orphans] of items) {
      if (known.has(orderId)) continue;
      const message = `items of order ${orderId} are stored without the order`;
      findings.push({ message, evidence: { items: orphans } });
    }
    return { checkedCount: snapshot.orders.length, findings };
  },
};
