import type { Operation, OperationOutcome } from '@stormcart/core';
import { z } from 'zod';
import {
  ACTION,
  type CartPutInput,
  cartPutInput,
  type OrderCreateInput,
  type OrderCreateOutput,
  orderCreateInput,
  orderCreateOutput,
  type PaymentRequestInput,
  paymentRequestInput,
  type ShipmentInput,
  shipmentInput,
} from '../operation/shop-operation.ts';

/** An operation of the history with its input read back. */
export interface Attempt<Input> {
  readonly index: number;
  readonly key: string;
  readonly outcome: OperationOutcome;
  readonly status: number | undefined;
  readonly input: Input;
}

export interface OrderAttempt extends Attempt<OrderCreateInput> {
  /** What an acknowledgement said; undefined when it said nothing readable. */
  readonly answer: OrderCreateOutput | undefined;
}

/** The history by action: what the customers asked for and what they were told. */
export interface AuditedHistory {
  readonly orders: readonly OrderAttempt[];
  readonly payments: readonly Attempt<PaymentRequestInput>[];
  readonly shipments: readonly Attempt<ShipmentInput>[];
  readonly cartPuts: readonly Attempt<CartPutInput>[];
}

export type HistoryReading =
  | { readonly kind: 'read'; readonly history: AuditedHistory }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Reads the operations that the shop's invariants know; others are left alone. */
export function readHistory(operations: readonly Operation[]): HistoryReading {
  const orders: OrderAttempt[] = [];
  const payments: Attempt<PaymentRequestInput>[] = [];
  const shipments: Attempt<ShipmentInput>[] = [];
  const cartPuts: Attempt<CartPutInput>[] = [];
  for (const operation of operations) {
    const problem = readOne(operation, { orders, payments, shipments, cartPuts });
    if (problem !== undefined) {
      const reason = `operation ${operation.index} (${operation.action}) cannot be read: ${problem}`;
      return { kind: 'unreadable', reason };
    }
  }
  return { kind: 'read', history: { orders, payments, shipments, cartPuts } };
}

type Writable = { readonly [Part in keyof AuditedHistory]: AuditedHistory[Part][number][] };

/** What is wrong with the operation, or undefined. */
function readOne(operation: Operation, into: Writable): string | undefined {
  switch (operation.action) {
    case ACTION.orderCreate:
      return readInto(operation, orderCreateInput, (attempt) => {
        const answer = orderCreateOutput.safeParse(operation.output);
        into.orders.push({ ...attempt, answer: answer.success ? answer.data : undefined });
      });
    case ACTION.paymentRequest:
      return readInto(operation, paymentRequestInput, (attempt) => into.payments.push(attempt));
    case ACTION.orderShip:
      return readInto(operation, shipmentInput, (attempt) => into.shipments.push(attempt));
    case ACTION.cartPut:
      return readInto(operation, cartPutInput, (attempt) => into.cartPuts.push(attempt));
    default:
      return undefined;
  }
}

function readInto<Input>(
  operation: Operation,
  schema: z.ZodType<Input>,
  keep: (attempt: Attempt<Input>) => void,
): string | undefined {
  const parsed = schema.safeParse(operation.input);
  if (!parsed.success) return z.prettifyError(parsed.error);
  const { index, key, outcome, status } = operation;
  keep({ index, key, outcome, status, input: parsed.data });
  return undefined;
}
