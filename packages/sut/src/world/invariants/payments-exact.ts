import type { Finding } from '@stormcart/core';
import type { Capture, Refund } from '../snapshot/shop-snapshot.ts';
import type { ShopInvariant } from './shop-invariant.ts';

/** The provider's ledger is the truth: what it took for an order must be what the order says. */
export const paymentsExact: ShopInvariant = {
  name: 'payments-exact',
  about: 'Money taken equals the total of each paid order, once, and nothing is taken for any other.',
  judge({ snapshot }) {
    const captures = Map.groupBy(snapshot.captures, (capture) => capture.orderId);
    const refunds = Map.groupBy(snapshot.refunds, (refund) => refund.orderId);
    const known = new Set(snapshot.orders.map((order) => order.orderId));
    const findings: Finding[] = [];
    for (const order of snapshot.orders) {
      const taken = captures.get(order.orderId) ?? [];
      const returned = refunds.get(order.orderId) ?? [];
      const isPaid = order.status === 'PAID' || order.status === 'SHIPPED';
      const dueCents = isPaid ? order.totalCents : 0;
      const netCents = centsOf(taken) - centsOf(returned);
      const evidence = { order, captures: taken, refunds: returned };
      if (taken.length > 1) findings.push(doubleCapture(order.orderId, taken, evidence));
      if (returned.length > 1) findings.push(doubleRefund(order.orderId, returned, evidence));
      if (isPaid && taken.length === 0) {
        const message = `order ${order.orderId} is ${order.status} and the provider has no capture for it`;
        findings.push({ message, evidence });
      } else if (netCents !== dueCents) {
        const charges = taken.map((capture) => capture.chargeId).join(', ');
        const message = `order ${order.orderId} is ${order.status} and due ${dueCents} cents, the provider holds ${netCents} (charges: ${charges})`;
        findings.push({ message, evidence });
      }
    }
    for (const [orderId, taken] of captures) {
      if (known.has(orderId)) continue;
      const charges = taken.map((capture) => capture.chargeId).join(', ');
      const message = `${centsOf(taken)} cents were taken for order ${orderId}, which is not stored (charges: ${charges})`;
      findings.push({ message, evidence: { captures: taken } });
    }
    return { checkedCount: snapshot.orders.length + snapshot.captures.length, findings };
  },
};

const centsOf = (entries: readonly { readonly amountCents: number }[]): number =>
  entries.reduce((sum, entry) => sum + entry.amountCents, 0);

function doubleRefund(
  orderId: string,
  returned: readonly Refund[],
  evidence: Readonly<Record<string, unknown>>,
): Finding {
  const refunds = returned.map((refund) => `${refund.chargeId} with key ${refund.key}`).join(', ');
  return { message: `order ${orderId} was given back ${returned.length} times: ${refunds}`, evidence };
}

function doubleCapture(
  orderId: string,
  taken: readonly Capture[],
  evidence: Readonly<Record<string, unknown>>,
): Finding {
  const charges = taken.map((capture) => `${capture.chargeId} with key ${capture.key}`).join(', ');
  return { message: `order ${orderId} was charged ${taken.length} times: ${charges}`, evidence };
}
