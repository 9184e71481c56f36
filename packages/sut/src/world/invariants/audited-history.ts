import { FAULT_MESSAGE_ACTION, type Operation, type OperationOutcome } from '@stormcart/core';
import { z } from 'zod';
import {
  ACTION,
  type CancellationInput,
  type CartGetInput,
  type CartGetOutput,
  type CartPutInput,
  cancellationInput,
  cartGetInput,
  cartGetOutput,
  cartPutInput,
  type FaultMessageInput,
  faultMessageInput,
  type OrderCreateInput,
  type OrderCreateOutput,
  orderCreateInput,
  orderCreateOutput,
  type PaymentRequestInput,
  PROBE_ACTION,
  type ProbeInput,
  type ProbeOutput,
  paymentRequestInput,
  probeInput,
  probeOutput,
  type SessionOpenInput,
  type ShipmentInput,
  sessionOpenInput,
  shipmentInput,
} from '../operation/shop-operation.ts';

/** An operation of the history with its input read back. */
export interface Attempt<Input> {
  readonly index: number;
  readonly key: string;
  readonly outcome: OperationOutcome;
  readonly status: number | undefined;
  readonly sentMs: number;
  readonly endedMs: number;
  readonly input: Input;
}

export interface OrderAttempt extends Attempt<OrderCreateInput> {
  /** What an acknowledgement said; undefined when it said nothing readable. */
  readonly answer: OrderCreateOutput | undefined;
}

export interface CartRead extends Attempt<CartGetInput> {
  /** The cart that was shown; undefined when nothing readable was. */
  readonly answer: CartGetOutput | undefined;
}

export interface ProbeAttempt extends Attempt<ProbeInput> {
  readonly action: string;
  /** Undefined when there was no answer. */
  readonly answer: ProbeOutput | undefined;
}

/** The history by action: what the customers asked for and what they were told. */
export interface AuditedHistory {
  readonly orders: readonly OrderAttempt[];
  readonly payments: readonly Attempt<PaymentRequestInput>[];
  readonly shipments: readonly Attempt<ShipmentInput>[];
  readonly cancellations: readonly Attempt<CancellationInput>[];
  readonly cartPuts: readonly Attempt<CartPutInput>[];
  readonly cartReads: readonly CartRead[];
  readonly logins: readonly Attempt<SessionOpenInput>[];
  readonly registrations: readonly Attempt<SessionOpenInput>[];
  readonly probes: readonly ProbeAttempt[];
  /** Messages that a fault has put into queues; key: the message's id. */
  readonly faultMessages: readonly Attempt<FaultMessageInput>[];
}

export type HistoryReading =
  | { readonly kind: 'read'; readonly history: AuditedHistory }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Reads the operations that the shop's invariants know; others are left alone. */
export function readHistory(operations: readonly Operation[]): HistoryReading {
  const history: Writable = {
    orders: [],
    payments: [],
    shipments: [],
    cancellations: [],
    cartPuts: [],
    cartReads: [],
    logins: [],
    registrations: [],
    probes: [],
    faultMessages: [],
  };
  for (const operation of operations) {
    const problem = readOne(operation, history);
    if (problem !== undefined) {
      const reason = `operation ${operation.index} (${operation.action}) cannot be read: ${problem}`;
      return { kind: 'unreadable', reason };
    }
  }
  return { kind: 'read', history };
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
    case ACTION.orderCancel:
      return readInto(operation, cancellationInput, (attempt) => into.cancellations.push(attempt));
    case ACTION.cartPut:
      return readInto(operation, cartPutInput, (attempt) => into.cartPuts.push(attempt));
    case ACTION.sessionOpen:
      return readInto(operation, sessionOpenInput, (attempt) => into.logins.push(attempt));
    case ACTION.customerRegister:
      return readInto(operation, sessionOpenInput, (attempt) => into.registrations.push(attempt));
    case FAULT_MESSAGE_ACTION:
      return readInto(operation, faultMessageInput, (attempt) => into.faultMessages.push(attempt));
    case ACTION.cartGet:
      return readInto(operation, cartGetInput, (attempt) => {
        const answer = cartGetOutput.safeParse(operation.output);
        into.cartReads.push({ ...attempt, answer: answer.data });
      });
    default:
      return operation.action.startsWith(PROBE_ACTION) ? readProbe(operation, into) : undefined;
  }
}

function readProbe(operation: Operation, into: Writable): string | undefined {
  return readInto(operation, probeInput, (attempt) => {
    const answer = probeOutput.safeParse(operation.output);
    into.probes.push({ ...attempt, action: operation.action, answer: answer.data });
  });
}

function readInto<Input>(
  operation: Operation,
  schema: z.ZodType<Input>,
  keep: (attempt: Attempt<Input>) => void,
): string | undefined {
  const parsed = schema.safeParse(operation.input);
  if (!parsed.success) return z.prettifyError(parsed.error);
  const { index, key, outcome, status, sentMs, endedMs } = operation;
  keep({ index, key, outcome, status, sentMs, endedMs, input: parsed.data });
  return undefined;
}
