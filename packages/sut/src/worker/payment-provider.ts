import { type Address, AppError } from '@stormcart/core';
import { z } from 'zod';
import { deadlineHeaders } from '../policy/deadline.ts';
import { workHeaders } from '../service/logging/work.ts';

export interface Charge {
  /** The same key never captures twice. */
  readonly key: string;
  readonly orderId: string;
  readonly amountCents: number;
  readonly cardToken: string;
}

/** What the provider decided; it stays decided. */
export type ChargeDecision = { readonly kind: 'captured' } | { readonly kind: 'declined' };

/** What a key stands for once it is closed. */
export type ClosedCharge =
  | { readonly kind: 'captured'; readonly chargeId: string }
  /** Nothing was taken under it and nothing ever will be. */
  | { readonly kind: 'nothingTaken' };

/** The payment provider. Rejects when it gave no decision: its answer was late, lost or no answer to the question. */
export interface PaymentProvider {
  charge(charge: Charge, signal: AbortSignal): Promise<ChargeDecision>;
  /** The decision on a key, if the provider has one. */
  inquire(key: string, signal: AbortSignal): Promise<ChargeDecision | { readonly kind: 'undecided' }>;
  /** Closes a key: a charge with it that is still on its way is refused when it arrives. */
  close(charge: Pick<Charge, 'key' | 'orderId'>, signal: AbortSignal): Promise<ClosedCharge>;
  /** Gives a whole charge back; the same key never gives back twice. */
  refund(chargeId: string, key: string, signal: AbortSignal): Promise<void>;
}

/** A closed key refuses a charge like any other refusal. */
const decisionSchema = z.object({ key: z.string(), status: z.enum(['captured', 'declined', 'voided']) });
const closedSchema = z.discriminatedUnion('status', [
  z.object({ key: z.string(), status: z.literal('captured'), chargeId: z.string() }),
  z.object({ key: z.string(), status: z.enum(['declined', 'voided']) }),
]);
const refundSchema = z.object({ key: z.string(), status: z.literal('refunded') });

type PlainRequest = Omit<RequestInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> };

/** `lastResortMs` bounds a call that no policy bounds. */
export function createPaymentProvider(address: Address, lastResortMs: number): PaymentProvider {
  const base = `http://${address.host}:${address.port}`;
  const ask = (path: string, init: PlainRequest, signal: AbortSignal): Promise<Response> =>
    fetch(base + path, {
      ...init,
      headers: { ...workHeaders(), ...deadlineHeaders(lastResortMs), ...init.headers },
      signal: AbortSignal.any([signal, AbortSignal.timeout(lastResortMs)]),
    });
  const post = (path: string, body: object, signal: AbortSignal, headers: Record<string, string> = {}) =>
    ask(
      path,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      },
      signal,
    );
  return {
    charge: async ({ key, orderId, amountCents, cardToken }, signal) => {
      const body = { orderId, amountCents, cardToken };
      const response = await post('/charges', body, signal, { 'idempotency-key': key });
      return decisionOf(await readAnswer(response, decisionSchema, key, [201, 402]));
    },
    inquire: async (key, signal) => {
      const response = await ask(`/charges/${encodeURIComponent(key)}`, {}, signal);
      if (response.status === 404) {
        await response.body?.cancel();
        return { kind: 'undecided' };
      }
      return decisionOf(await readAnswer(response, decisionSchema, key, [200, 201, 402]));
    },
    close: async ({ key, orderId }, signal) => {
      const response = await post('/voids', { key, orderId }, signal);
      const answer = await readAnswer(response, closedSchema, key, [200]);
      return answer.status === 'captured'
        ? { kind: 'captured', chargeId: answer.chargeId }
        : { kind: 'nothingTaken' };
    },
    refund: async (chargeId, key, signal) => {
      const response = await post('/refunds', { chargeId, key }, signal);
      await readAnswer(response, refundSchema, key, [201]);
    },
  };
}

function decisionOf({ status }: z.infer<typeof decisionSchema>): ChargeDecision {
  return { kind: status === 'captured' ? 'captured' : 'declined' };
}

async function readAnswer<Answer extends { readonly key: string }>(
  response: Response,
  schema: z.ZodType<Answer>,
  key: string,
  expected: readonly number[],
): Promise<Answer> {
  if (!expected.includes(response.status)) {
    await response.body?.cancel();
    throw noDecision(`status ${response.status}`);
  }
  const result = schema.safeParse(await response.json());
  if (!result.success) throw noDecision('an unreadable body');
  if (result.data.key !== key) throw noDecision('a decision on another key');
  return result.data;
}

function noDecision(what: string): AppError<'NO_DECISION'> {
  return new AppError({
    kind: 'environment',
    code: 'NO_DECISION',
    message: `the payment provider answered with ${what}`,
  });
}
