import type { Finding } from '@stormcart/core';
import type { CartPutInput } from '../operation/shop-operation.ts';
import type { Attempt, CartRead } from './audited-history.ts';
import { byAge } from './cart-age.ts';
import type { ShopInvariant } from './shop-invariant.ts';

type CartAttempt = Attempt<CartPutInput>;

/**
 * Whoever was told that a change is accepted, and asks for a cart in which it is settled, sees it: that change, or one
 * that came after it. And a cart that was seen settled up to some change is never older afterwards.
 */
export const readYourWrites: ShopInvariant = {
  name: 'read-your-writes',
  about:
    'A customer who asks for a cart with their changes in it is shown these, or newer ones, and never older.',
  judge({ history }) {
    const puts = Map.groupBy(history.cartPuts, ({ input }) => input.customerId);
    const reads = Map.groupBy(history.cartReads, ({ input }) => input.customerId);
    const findings: Finding[] = [];
    let checkedCount = 0;
    for (const [customerId, own] of reads) {
      const answered = own.filter(({ outcome }) => outcome === 'ok');
      checkedCount += answered.length;
      findings.push(...judgeCustomer(customerId, puts.get(customerId) ?? [], answered));
    }
    return { checkedCount, findings };
  },
};

function judgeCustomer(
  customerId: number,
  puts: readonly CartAttempt[],
  reads: readonly CartRead[],
): readonly Finding[] {
  const bySku = Map.groupBy(
    puts.filter(({ outcome }) => outcome !== 'fail'),
    ({ input }) => input.sku,
  );
  const findings: Finding[] = [];
  let latest: CartRead | undefined;
  for (const read of reads.toSorted((left, right) => left.sentMs - right.sentMs)) {
    const who = `customer ${customerId} (operation ${read.index})`;
    const { answer } = read;
    if (answer === undefined) {
      findings.push({ message: `${who} was shown a cart that cannot be read`, evidence: { read } });
      continue;
    }
    if (answer.seq < read.input.minSeq) {
      const message = `${who} asked for a cart settled up to ${read.input.minSeq} and was shown one up to ${answer.seq}`;
      findings.push({ message, evidence: { read } });
    }
    if (latest?.answer !== undefined && latest.endedMs <= read.sentMs && latest.answer.seq > answer.seq) {
      const message = `${who} was shown a cart up to ${answer.seq} after one up to ${latest.answer.seq} (operation ${latest.index})`;
      findings.push({ message, evidence: { before: latest, after: read } });
    }
    if (latest?.answer === undefined || answer.seq > latest.answer.seq) latest = read;
    findings.push(...judgeItems(who, bySku, read, answer));
  }
  return findings;
}

function judgeItems(
  who: string,
  puts: ReadonlyMap<number, readonly CartAttempt[]>,
  read: CartRead,
  answer: NonNullable<CartRead['answer']>,
): readonly Finding[] {
  const shown = new Map(answer.items.map(({ sku, quantity }) => [sku, quantity]));
  const findings: Finding[] = [];
  for (const sku of new Set([...shown.keys(), ...puts.keys()])) {
    const quantity = shown.get(sku) ?? 0;
    const sent = (puts.get(sku) ?? []).filter(({ sentMs }) => sentMs <= read.endedMs);
    const due = sent
      .filter((put) => isDue(put, read, answer.seq))
      .toSorted(byAge)
      .at(-1);
    const allowed = sent.filter((put) => due === undefined || put === due || byAge(put, due) > 0);
    if (due === undefined && quantity === 0) continue;
    if (allowed.some(({ input }) => input.quantity === quantity)) continue;
    const wanted =
      due === undefined ? 'nothing that was sent' : `${due.input.quantity} (seq ${due.input.seq})`;
    findings.push({
      message: `${who} was shown ${quantity} of product ${sku} in a cart up to ${answer.seq}; due was ${wanted}`,
      evidence: { read, due, allowed },
    });
  }
  return findings;
}

/** Acknowledged before the question, and within what the answer says is settled. */
function isDue(put: CartAttempt, read: CartRead, settledSeq: number): boolean {
  return put.outcome === 'ok' && put.endedMs <= read.sentMs && put.input.seq <= settledSeq;
}
