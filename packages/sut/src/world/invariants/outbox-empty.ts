import type { Finding } from '@stormcart/core';
import { isDeadLetterQueue } from '../snapshot/queue-depths.ts';
import type { ShopSnapshot } from '../snapshot/shop-snapshot.ts';
import type { ShopInvariant } from './shop-invariant.ts';

/** Nothing is left to be sent or taken, and no message took effect twice. */
export const outboxEmpty: ShopInvariant = {
  name: 'outbox-empty',
  about: 'After the drain the outbox and the queues are empty, and each message took effect once.',
  judge({ snapshot }) {
    const findings: Finding[] = [
      ...snapshot.outbox.map((row) => ({
        message: `outbox row ${row.id} (${row.topic}, message ${row.messageId}) was never sent`,
        evidence: { ...row },
      })),
      ...snapshot.queues
        .filter((queue) => queue.readyCount > 0 && !isDeadLetterQueue(queue.name))
        .map((queue) => ({
          message: `queue ${queue.name} still holds ${queue.readyCount} messages`,
          evidence: { ...queue },
        })),
      ...repeatedMessages(snapshot),
      ...repeatedEffects(snapshot),
      ...unprotectedEffects(snapshot),
    ];
    const checkedCount =
      snapshot.outbox.length + snapshot.queues.length + snapshot.inbox.length + snapshot.orders.length;
    return { checkedCount, findings };
  },
};

function repeatedMessages(snapshot: ShopSnapshot): readonly Finding[] {
  const byMessage = Map.groupBy(snapshot.inbox, (row) => `${row.consumer}/${row.messageId}`);
  return [...byMessage]
    .filter(([, rows]) => rows.length > 1)
    .map(([name, rows]) => ({
      message: `message ${name} is ${rows.length} times in the inbox`,
      evidence: { rows },
    }));
}

/** A payment's effect is one step out of PAYING and one way for each of the order's goods. */
function repeatedEffects(snapshot: ShopSnapshot): readonly Finding[] {
  const findings: Finding[] = [];
  const ends = Map.groupBy(
    snapshot.orderEvents.filter((event) => event.from === 'PAYING'),
    (event) => event.orderId,
  );
  for (const [orderId, events] of ends) {
    if (events.length < 2) continue;
    const steps = events.map((event) => event.to).join(', ');
    findings.push({
      message: `the payment of order ${orderId} took effect ${events.length} times: ${steps}`,
      evidence: { events },
    });
  }
  const settlements = Map.groupBy(
    // A restock is no second way out of the reservation: it undoes a sale.
    snapshot.stockMoves.filter(({ kind }) => kind === 'release' || kind === 'sell'),
    (move) => `order ${move.orderId}, product ${move.productId}`,
  );
  for (const [what, moves] of settlements) {
    if (moves.length < 2) continue;
    const kinds = moves.map((move) => move.kind).join(', ');
    findings.push({
      message: `${what}: the goods left the reservation ${moves.length} times (${kinds})`,
      evidence: { moves },
    });
  }
  return findings;
}

/** What the consumer of payments writes into the inbox, whatever its full name. */
const PAYMENT_CONSUMER = /payments$/;

/** The inbox row and the effect stand or fall together: an effect without a row could happen again. */
function unprotectedEffects({ inbox, orderEvents }: ShopSnapshot): readonly Finding[] {
  const effects = orderEvents.filter(({ from, to }) => from === 'PAYING' && to === 'PAID');
  const rowCount = inbox.filter(({ consumer }) => PAYMENT_CONSUMER.test(consumer)).length;
  if (rowCount >= effects.length) return [];
  const message = `${effects.length} payments took effect, and only ${rowCount} messages stand in the inbox`;
  return [{ message, evidence: { rowCount, effectsCount: effects.length } }];
}
