import { expect, it } from 'vitest';
import { createNone } from '../policy/none.ts';
import { chargeOnce } from './charge-once.ts';
import type { ChargeDecision } from './payment-provider.ts';

const charge = { key: 'pay-1', orderId: '1', amountCents: 100, cardToken: 'tok' };
const policy = createNone('worker.payment');
const lost = (): Promise<never> => Promise.reject(new Error('lost'));

function providerOf(
  answer: () => Promise<ChargeDecision>,
  inquiry: () => Promise<ChargeDecision | { readonly kind: 'undecided' }>,
) {
  const calls: string[] = [];
  return {
    calls,
    charge: () => {
      calls.push('charge');
      return answer();
    },
    inquire: (key: string) => {
      calls.push(`inquire ${key}`);
      return inquiry();
    },
  };
}

it('takes a decision without asking again', async () => {
  const provider = providerOf(() => Promise.resolve({ kind: 'declined' }), lost);
  expect(await chargeOnce(provider, policy, charge)).toEqual({ kind: 'declined' });
  expect(provider.calls).toEqual(['charge']);
});

it('asks by key when the answer was lost, and takes what it hears', async () => {
  const provider = providerOf(lost, () => Promise.resolve({ kind: 'captured' }));
  expect(await chargeOnce(provider, policy, charge)).toEqual({ kind: 'captured' });
  expect(provider.calls).toEqual(['charge', 'inquire pay-1']);
});

it('has no decision when the provider has none, or cannot be asked', async () => {
  const undecided = providerOf(lost, () => Promise.resolve({ kind: 'undecided' }));
  await expect(chargeOnce(undecided, policy, charge)).rejects.toThrow('lost');
  const away = providerOf(lost, () => Promise.reject(new Error('away')));
  await expect(chargeOnce(away, policy, charge)).rejects.toThrow('away');
});
