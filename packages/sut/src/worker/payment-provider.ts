import { type Address, AppError } from '@stormcart/core';
import { z } from 'zod';
import { deadlineHeaders } from '../policy/deadline.ts';

export interface Charge {
  /** The same key never captures twice. */
  readonly key: string;
  readonly orderId: string;
  readonly amountCents: number;
  readonly cardToken: string;
}

/** What the provider decided; it stays decided. */
export type ChargeDecision = { readonly kind: 'captured' } | { readonly kind: 'declined' };

/** The payment provider. Rejects when it gave no decision: its answer was late, lost or no answer to the question. */
export interface PaymentProvider {
  charge(charge: Charge, signal: AbortSignal): Promise<ChargeDecision>;
  /** The decision on a key, if the provider has one. */
  inquire(key: string, signal: AbortSignal): Promise<ChargeDecision | { readonly kind: 'undecided' }>;
}

type PlainRequest = Omit<RequestInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> };

const decisionSchema = z.object({ key: z.string(), status: z.enum(['captured', 'declined']) });

/** `lastResortMs` bounds a call that no policy bounds. */
export function createPaymentProvider(address: Address, lastResortMs: number): PaymentProvider {
  const base = `http://${address.host}:${address.port}`;
  const ask = (path: string, init: PlainRequest, signal: AbortSignal): Promise<Response> =>
    fetch(base + path, {
      ...init,
      headers: { ...deadlineHeaders(lastResortMs), ...init.headers },
      signal: AbortSignal.any([signal, AbortSignal.timeout(lastResortMs)]),
    });
  return {
    charge: async ({ key, orderId, amountCents, cardToken }, signal) => {
      const response = await ask(
        '/charges',
        {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': key },
          body: JSON.stringify({ orderId, amountCents, cardToken }),
        },
        signal,
      );
      return readDecision(response, key, [201, 402]);
    },
    inquire: async (key, signal) => {
      const response = await ask(`/charges/${encodeURIComponent(key)}`, {}, signal);
      if (response.status === 404) {
        await response.body?.cancel();
        return { kind: 'undecided' };
      }
      return readDecision(response, key, [200, 201, 402]);
    },
  };
}

async function readDecision(
  response: Response,
  key: string,
  expected: readonly number[],
): Promise<ChargeDecision> {
  if (!expected.includes(response.status)) {
    await response.body?.cancel();
    throw noDecision(`status ${response.status}`);
  }
  const result = decisionSchema.safeParse(await response.json());
  if (!result.success) throw noDecision('an unreadable body');
  if (result.data.key !== key) throw noDecision('a decision on another key');
  return { kind: result.data.status };
}

function noDecision(what: string): AppError<'NO_DECISION'> {
  return new AppError({
    kind: 'environment',
    code: 'NO_DECISION',
    message: `the payment provider answered with ${what}`,
  });
}
