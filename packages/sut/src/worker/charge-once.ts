import type { Policy } from '../policy/policy.ts';
import type { Charge, ChargeDecision, PaymentProvider } from './payment-provider.ts';

/**
 * Gets the provider's decision. A charge without an answer may have captured: the provider is asked by key at once,
 * and only "undecided" lets the next try charge again (with the same key, so that a late first one does not count
 * twice). Rejects when there is no decision yet.
 */
export async function chargeOnce(
  provider: Pick<PaymentProvider, 'charge' | 'inquire'>,
  policy: Policy,
  charge: Charge,
): Promise<ChargeDecision> {
  try {
    return await policy.execute((signal) => provider.charge(charge, signal));
  } catch (error) {
    const answer = await policy.execute((signal) => provider.inquire(charge.key, signal));
    if (answer.kind === 'undecided') throw error;
    return answer;
  }
}
