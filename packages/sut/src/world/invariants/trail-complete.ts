import type { Finding } from '@stormcart/core';
import type { OrderEvent, OrderStatus } from '../snapshot/shop-snapshot.ts';
import type { Audit, ShopInvariant } from './shop-invariant.ts';

/** What the trail must tell of one order, and who says so. */
interface DueEvent {
  readonly orderId: string;
  readonly to: OrderStatus;
  readonly because: string;
  readonly evidence: Readonly<Record<string, unknown>>;
}

/** The trail is what an auditor believes: whatever was acknowledged, or moved money, must have left its line. */
export const trailComplete: ShopInvariant = {
  name: 'trail-complete',
  about:
    'Every acknowledged order, payment and shipment and every captured charge stands in the audit trail.',
  judge(audit) {
    const events = Map.groupBy(audit.snapshot.orderEvents, (event) => event.orderId);
    const due = dueEvents(audit);
    const findings: Finding[] = [];
    for (const { orderId, to, because, evidence } of due) {
      const own = events.get(orderId) ?? [];
      if (own.some((event) => event.to === to)) continue;
      const message = `the trail of order ${orderId} does not tell of ${to}: ${because}`;
      findings.push({ message, evidence: { ...evidence, events: own } });
    }
    findings.push(...disorder(audit.snapshot.orderEvents));
    return { checkedCount: due.length + audit.snapshot.orderEvents.length, findings };
  },
};

function dueEvents({ history, snapshot }: Audit): readonly DueEvent[] {
  const due: DueEvent[] = [];
  for (const attempt of history.orders) {
    const { outcome, answer, index } = attempt;
    if (outcome !== 'ok' || answer === undefined) continue;
    const because = `it was acknowledged (operation ${index})`;
    due.push({ orderId: answer.orderId, to: 'RESERVED', because, evidence: { attempt } });
  }
  for (const [attempts, to] of [
    [history.payments, 'PAYING'],
    [history.shipments, 'SHIPPED'],
  ] as const) {
    for (const attempt of attempts) {
      if (attempt.outcome !== 'ok') continue;
      const because = `it was acknowledged (operation ${attempt.index})`;
      due.push({ orderId: attempt.input.orderId, to, because, evidence: { attempt } });
    }
  }
  const charged = new Set(snapshot.captures.map(({ orderId }) => orderId));
  for (const orderId of charged) {
    const because = 'money was taken for it';
    due.push({ orderId, to: 'PAYING', because, evidence: { orderId } });
  }
  return due;
}

/** A trail that is only ever added to has one line per number, in rising order. */
function disorder(events: readonly OrderEvent[]): readonly Finding[] {
  const ids = new Set<number>();
  const findings: Finding[] = [];
  for (const event of events) {
    if (ids.has(event.id))
      findings.push({ message: `event ${event.id} is there twice`, evidence: { event } });
    ids.add(event.id);
  }
  return findings;
}
