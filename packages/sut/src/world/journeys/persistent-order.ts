import type { Random, Reply, Visit } from '@stormcart/core';
import { type OrderCreateOutput, orderCreateOutput } from '../operation/shop-operation.ts';
import { problemOf } from './answers.ts';
import type { Customer } from './customer.ts';
import type { JourneyWorld } from './journey-world.ts';
import { isRightOrder, isRightRetry, type OrderIntent, orderSpec } from './order-steps.ts';
import { requestAs } from './session.ts';

/** Five times 2 s and pauses of at most 3 s in all, unless the shop asks for longer ones: then a person has left. */
export const ATTEMPTS_MAX = 5;
/** Shorter than the shop's own limits: a client that gives up and asks again is what keys are for. */
export const ATTEMPT_TIMEOUT_MS = 2_000;

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
/** Gateways that say so instead of the shop. */
const GATEWAY_STATUSES: ReadonlySet<number | undefined> = new Set([502, 503, 504]);

export interface Attempts {
  /** Whether this key was sent before: then "still under way" is a right first answer. */
  readonly wasSentBefore: boolean;
}

/**
 * Orders with the same key until there is an answer that settles it, a few times at most, with growing pauses.
 * Undefined without an order. What is ordered must have been asked for (`stock.ask`) before.
 */
export async function submitPersistently(
  world: JourneyWorld,
  visit: Visit,
  customer: Customer,
  intent: OrderIntent,
  { wasSentBefore }: Attempts,
): Promise<OrderCreateOutput | undefined> {
  // Jitter has a stream of its own: how often a client had to ask changes none of its choices.
  const random = visit.random.fork('backoff');
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const isRepeat = wasSentBefore || attempt > 0;
    const isRight = isRepeat ? isRightRetry : isRightOrder;
    const reply = await requestAs(visit, customer, (session) => ({
      ...orderSpec(intent, session, (status, body) =>
        isRight(status, body, world.stock.mayBeOut(intent.items)),
      ),
      timeoutMs: ATTEMPT_TIMEOUT_MS,
    }));
    if (reply === undefined) return undefined;
    if (reply.outcome === 'ok' && reply.status === 201) return orderCreateOutput.parse(reply.body);
    if (!isUnsettled(reply)) return undefined;
    if (attempt < ATTEMPTS_MAX - 1) await visit.pause(pauseAfterMs(attempt, reply, random));
  }
  return undefined;
}

/** Nobody knows, or the shop asks for patience. */
export function isUnsettled(reply: Reply): boolean {
  switch (reply.outcome) {
    case 'timeout':
    case 'reset':
    case 'truncated':
    case 'connectError':
    case 'rejected':
      return true;
    case 'ok':
    case 'httpError':
      return GATEWAY_STATUSES.has(reply.status) || problemOf(reply.body) === 'request-in-flight';
    case 'dropped':
    case 'unfinished':
      return false;
    default:
      return reply.outcome satisfies never;
  }
}

/** Exponential with full jitter (Brooker, AWS Architecture Blog, 2015), and no sooner than the shop has asked for. */
function pauseAfterMs(attempt: number, reply: Reply, random: Random): number {
  const askedMs = Number(reply.headers['retry-after'] ?? 0) * 1_000;
  const backoffMs = random.next() * FIRST_PAUSE_MS * 2 ** attempt;
  return Math.min(LONGEST_PAUSE_MS, Math.max(backoffMs, Number.isFinite(askedMs) ? askedMs : 0));
}
