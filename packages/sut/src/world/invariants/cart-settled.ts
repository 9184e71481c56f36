import type { Finding } from '@stormcart/core';
import type { CartPutInput } from '../operation/shop-operation.ts';
import type { CartItemRow } from '../snapshot/shop-snapshot.ts';
import type { Attempt } from './audited-history.ts';
import { byAge } from './cart-age.ts';
import type { ShopInvariant } from './shop-invariant.ts';

type CartAttempt = Attempt<CartPutInput>;

/**
 * A cart is the fold of what its customer did: for each product the acknowledged operation with the highest
 * (seq, opId) counts. An operation with an unknown outcome that is newer still may have taken its place, or not.
 */
export const cartSettled: ShopInvariant = {
  name: 'cart-settled',
  about: 'Each cart holds what its customer’s acknowledged operations add up to, in their order.',
  judge({ history, snapshot }) {
    const puts = Map.groupBy(history.cartPuts, ({ input }) => placeOf(input));
    const rows = new Map(snapshot.cartItems.map((row) => [placeOf(row), row]));
    const findings: Finding[] = [];
    for (const [place, attempts] of puts) {
      const problem = judgePlace(attempts, rows.get(place));
      if (problem !== undefined) {
        findings.push({ message: `${place}: ${problem}`, evidence: { row: rows.get(place), attempts } });
      }
    }
    for (const [place, row] of rows) {
      if (puts.has(place)) continue;
      const message = `${place}: ${row.quantity} are stored (operation id ${row.opId}) and nobody put them there`;
      findings.push({ message, evidence: { row } });
    }
    findings.push(...judgeSeqs(history.cartPuts, snapshot.carts));
    return { checkedCount: puts.size + rows.size, findings };
  },
};

const placeOf = ({ customerId, sku }: { readonly customerId: number; readonly sku: number }): string =>
  `cart of customer ${customerId}, product ${sku}`;

/** What is wrong with one product in one cart, or undefined. */
function judgePlace(attempts: readonly CartAttempt[], row: CartItemRow | undefined): string | undefined {
  const acknowledged = attempts.filter((attempt) => attempt.outcome === 'ok');
  const latest = acknowledged.toSorted(byAge).at(-1);
  const allowed = attempts.filter((attempt) => isAllowed(attempt, latest));
  if (row === undefined) {
    // A product that was taken out may leave no row.
    if (latest === undefined || allowed.some(({ input }) => input.quantity === 0)) return undefined;
    const { seq, opId, quantity } = latest.input;
    return `${quantity} were acknowledged (seq ${seq}, operation id ${opId}) and none is stored`;
  }
  const stored = `stored are ${row.quantity} (seq ${row.seq}, operation id ${row.opId})`;
  const match = allowed.find(({ input }) => input.opId === row.opId && input.seq === row.seq);
  if (match === undefined) {
    const due = latest === undefined ? 'nothing' : `${latest.input.quantity} (seq ${latest.input.seq})`;
    return `${due} was acknowledged last, ${stored}`;
  }
  return match.input.quantity === row.quantity
    ? undefined
    : `${match.input.quantity} were asked for, ${stored}`;
}

/** The last acknowledged operation, or one of unknown outcome that would win over it. */
function isAllowed(attempt: CartAttempt, latest: CartAttempt | undefined): boolean {
  if (attempt === latest) return true;
  if (attempt.outcome === 'fail') return false;
  // The same operation, sent twice: the later answer may be the unknown one.
  if (latest !== undefined && attempt.input.opId === latest.input.opId) return true;
  return attempt.outcome === 'info' && (latest === undefined || byAge(attempt, latest) > 0);
}

/** A cart must be settled at least up to the last acknowledged operation, and never beyond the last one sent. */
function judgeSeqs(
  attempts: readonly CartAttempt[],
  carts: readonly { readonly customerId: number; readonly seq: number }[],
): readonly Finding[] {
  const settled = new Map(carts.map((cart) => [cart.customerId, cart.seq]));
  const findings: Finding[] = [];
  for (const [customerId, own] of Map.groupBy(attempts, ({ input }) => input.customerId)) {
    const seq = settled.get(customerId) ?? 0;
    const acknowledgedSeq = highest(own.filter((attempt) => attempt.outcome === 'ok'));
    const attemptedSeq = highest(own.filter((attempt) => attempt.outcome !== 'fail'));
    if (seq >= acknowledgedSeq && seq <= attemptedSeq) continue;
    findings.push({
      message: `cart of customer ${customerId} is settled up to seq ${seq}; acknowledged is ${acknowledgedSeq}, sent is ${attemptedSeq}`,
      evidence: { customerId, seq, acknowledgedSeq, attemptedSeq },
    });
  }
  return findings;
}

const highest = (attempts: readonly CartAttempt[]): number =>
  attempts.reduce((seq, attempt) => Math.max(seq, attempt.input.seq), 0);
