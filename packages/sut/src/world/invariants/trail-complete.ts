import type { Finding } from '@stormcart/core';
import type { OrderStatus, ShopSnapshot } from '../snapshot/shop-snapshot.ts';
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
    findings.push(...repeated(audit.snapshot.orderEvents, 'order event'));
    findings.push(...repeated(audit.snapshot.auditTrail, 'line of the audit trail'));
    findings.push(...differingTrails(audit.snapshot), ...missingSecurityEvents(audit));
    const { orderEvents, auditTrail } = audit.snapshot;
    return { checkedCount: due.length + orderEvents.length + auditTrail.length, findings };
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

/** Every step of an order stands in the audit trail, and nothing stands there that the order did not do. */
function differingTrails({ orderEvents, auditTrail }: ShopSnapshot): readonly Finding[] {
  const steps = countBy(
    orderEvents.map(({ orderId, to }) => `order.${to.toLowerCase()} of order ${orderId}`),
  );
  const lines = countBy(
    auditTrail.flatMap(({ action, orderId }) => (orderId === null ? [] : [`${action} of order ${orderId}`])),
  );
  const findings: Finding[] = [];
  for (const what of new Set([...steps.keys(), ...lines.keys()])) {
    const [stepCount, lineCount] = [steps.get(what) ?? 0, lines.get(what) ?? 0];
    if (stepCount === lineCount) continue;
    const message = `${what} happened ${stepCount} times and stands ${lineCount} times in the audit trail`;
    findings.push({ message, evidence: { stepCount, lineCount } });
  }
  return findings;
}

function countBy(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** What a customer was told, and the line that must tell of it; the history knows addresses, the trail ids. */
function missingSecurityEvents({ history, snapshot }: Audit): readonly Finding[] {
  const kinds = [
    ['login.succeeded', history.logins],
    ['account.registered', history.registrations],
  ] as const;
  return kinds.flatMap(([action, attempts]) => {
    const acknowledgedCount = attempts.filter(({ outcome }) => outcome === 'ok').length;
    const toldCount = snapshot.auditTrail.filter((entry) => entry.action === action).length;
    if (toldCount >= acknowledgedCount) return [];
    const message = `the audit trail tells of ${toldCount} × ${action}, customers were told of ${acknowledgedCount}`;
    return [{ message, evidence: { action, toldCount, acknowledgedCount } }];
  });
}

/** A trail that is only ever added to has one line per number. */
function repeated(lines: readonly { readonly id: number }[], what: string): readonly Finding[] {
  const ids = new Set<number>();
  const findings: Finding[] = [];
  for (const line of lines) {
    if (ids.has(line.id)) findings.push({ message: `${what} ${line.id} is there twice`, evidence: { line } });
    ids.add(line.id);
  }
  return findings;
}
