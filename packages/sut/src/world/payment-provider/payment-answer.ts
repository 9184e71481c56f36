import { z } from 'zod';
import type { Charge, PaymentLedger, Refund } from './payment-ledger.ts';
import type { PaymentMode } from './payment-mode.ts';

export interface PaymentCall {
  readonly method: string;
  readonly path: string;
  /** The Idempotency-Key header. */
  readonly key: string | undefined;
  /** Undefined when it was too long to read. */
  readonly body: string | undefined;
}

export type PaymentAnswer =
  | { readonly kind: 'reply'; readonly status: number; readonly body: Readonly<Record<string, unknown>> }
  /** The effect happened and nobody is told: the connection is broken instead. */
  | { readonly kind: 'lost' };

interface Books {
  readonly ledger: PaymentLedger;
  readonly mode: PaymentMode;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** Told when a lot of the mode has hit a key. */
  readonly onHit?: (purpose: 'decline' | 'lose', key: string) => void;
}

const keySchema = z.string().min(1).max(200);

const chargeSchema = z.strictObject({
  orderId: z.string().min(1).max(100),
  /** A hundred million euros: enough for a basket, small enough to stay exact when added up. */
  amountCents: z.int().min(1).max(10_000_000_000),
  cardToken: z.string().min(1).max(200),
});

const voidSchema = z.strictObject({ key: keySchema, orderId: z.string().min(1).max(100) });

const refundSchema = z.strictObject({ chargeId: z.string().min(1).max(100), key: keySchema });

/** What the provider answers to one call; writes the ledger, touches no socket. */
export function answerPayment(call: PaymentCall, books: Books): PaymentAnswer {
  if (call.method === 'POST' && call.path === '/charges') return charge(call, books);
  if (call.method === 'POST' && call.path === '/refunds') return refund(call, books);
  if (call.method === 'POST' && call.path === '/voids') return closeKey(call, books);
  if (call.method === 'GET' && call.path.startsWith('/charges/')) return find(call.path, books);
  return problem(404, 'no such resource');
}

function charge(call: PaymentCall, { ledger, mode, nowMs, onHit }: Books): PaymentAnswer {
  const key = keySchema.safeParse(call.key);
  if (!key.success) return problem(400, 'the Idempotency-Key header must have 1 to 200 characters');
  const request = parseBody(chargeSchema, call.body);
  if (request.kind === 'wrong') return problem(400, request.reason);
  const result = ledger.charge({ ...request.value, key: key.data }, mode.declineShare, nowMs);
  if (result.kind === 'full') return problem(503, 'the books are full');
  if (result.kind === 'keyReused') return problem(422, `key ${key.data} belongs to another charge`);
  if (result.kind === 'repeated') return chargeReply(result.entry);
  const purpose = result.entry.status === 'captured' ? 'lose' : 'decline';
  const isHit = ledger.draw(purpose, key.data, purpose === 'lose' ? mode.loseReplyShare : mode.declineShare);
  if (isHit) onHit?.(purpose, key.data);
  return isHit && purpose === 'lose' ? { kind: 'lost' } : chargeReply(result.entry);
}

/** Answers with what the key stands for from now on: `voided`, or what was decided before. */
function closeKey(call: PaymentCall, { ledger, nowMs }: Books): PaymentAnswer {
  const request = parseBody(voidSchema, call.body);
  if (request.kind === 'wrong') return problem(400, request.reason);
  const { key, orderId } = request.value;
  const result = ledger.close(key, orderId, nowMs);
  if (result.kind === 'full') return problem(503, 'the books are full');
  if (result.kind === 'keyReused') return problem(422, `key ${key} belongs to another charge`);
  return { kind: 'reply', status: 200, body: chargeBody(result.entry) };
}

function refund(call: PaymentCall, { ledger, mode, nowMs, onHit }: Books): PaymentAnswer {
  const request = parseBody(refundSchema, call.body);
  if (request.kind === 'wrong') return problem(400, request.reason);
  const { chargeId, key } = request.value;
  const result = ledger.refund(chargeId, key, nowMs);
  if (result.kind === 'full') return problem(503, 'the books are full');
  if (result.kind === 'unknownCharge') return problem(404, `no captured charge ${chargeId}`);
  if (result.kind === 'keyReused') return problem(422, `key ${key} belongs to another refund`);
  if (result.kind === 'new' && ledger.draw('lose', key, mode.loseReplyShare)) {
    onHit?.('lose', key);
    return { kind: 'lost' };
  }
  return { kind: 'reply', status: 201, body: refundBody(result.entry) };
}

function find(path: string, { ledger }: Books): PaymentAnswer {
  const key = decode(path.slice('/charges/'.length));
  const entry = key === undefined ? undefined : ledger.find(key);
  if (entry === undefined) return problem(404, 'no charge has this key');
  return { kind: 'reply', status: 200, body: chargeBody(entry) };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray percent sign: no key looks like that.
    return undefined;
  }
}

function chargeReply(entry: Charge): PaymentAnswer {
  return { kind: 'reply', status: entry.status === 'captured' ? 201 : 402, body: chargeBody(entry) };
}

function chargeBody(entry: Charge): Readonly<Record<string, unknown>> {
  if (entry.status !== 'captured') return { key: entry.key, status: entry.status };
  const { chargeId, key, orderId, amountCents, status } = entry;
  return { chargeId, key, orderId, amountCents, status };
}

function refundBody({ refundId, key, chargeId, orderId, amountCents }: Refund): Record<string, unknown> {
  return { refundId, key, chargeId, orderId, amountCents, status: 'refunded' };
}

type Parsed<Value> =
  | { readonly kind: 'right'; readonly value: Value }
  | { readonly kind: 'wrong'; readonly reason: string };

function parseBody<Value>(schema: z.ZodType<Value>, text: string | undefined): Parsed<Value> {
  if (text === undefined) return { kind: 'wrong', reason: 'the body is too long' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'wrong', reason: 'the body is not JSON' };
  }
  const parsed = schema.safeParse(value);
  return parsed.success
    ? { kind: 'right', value: parsed.data }
    : { kind: 'wrong', reason: z.prettifyError(parsed.error) };
}

function problem(status: number, error: string): PaymentAnswer {
  return { kind: 'reply', status, body: { error } };
}
