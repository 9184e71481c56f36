import type { Reply, RequestSpec, Visit } from '@stormcart/core';
import type { Session } from '../journeys/customer.ts';
import { randomUuid } from '../journeys/random-uuid.ts';
import { PROBE_ACTION, type ProbeInput, type ProbeOutput } from '../operation/shop-operation.ts';
import type { GuardedAccount } from './guarded-account.ts';

/** Who attacks and what there is to attack. */
export interface ProbeGround {
  /** A customer like any other. */
  readonly attacker: Session;
  /** Another customer, and an order of theirs. */
  readonly victim: Session;
  readonly victimOrderId: string;
  /** Logs the attacker in once more; undefined when the shop did not let them. */
  openSession(visit: Visit): Promise<string | undefined>;
  /** A token of the attacker's that has expired; undefined when none could be made. */
  expiredToken(): Promise<string | undefined>;
  /** A third customer's account, with a second factor; undefined when it could not be turned on. */
  guardedAccount(visit: Visit): Promise<GuardedAccount | undefined>;
}

/** One way to get what one must not have. */
export interface Attack {
  /** What follows `probe.` in the history. */
  readonly name: string;
  readonly about: string;
  run(visit: Visit, ground: ProbeGround): Promise<void>;
}

export interface Attempt extends Pick<RequestSpec, 'method' | 'path' | 'headers' | 'body'> {
  /** What is tried, in a few words, for the finding. */
  readonly attempt: string;
  /** Whether this answer gives the attacker anything. No answer never does. */
  readonly isBreach: (status: number, body: unknown) => boolean;
}

/** Sends one attempt and has it recorded with what came of it. */
export function attempt(visit: Visit, attack: string, tried: Attempt): Promise<Reply> {
  const { attempt: what, isBreach, ...request } = tried;
  return visit.request({
    ...request,
    route: 'probe',
    expect: (status, body) => !isBreach(status, body),
    operation: {
      action: `${PROBE_ACTION}${attack}`,
      key: randomUuid(visit.random),
      input: { attempt: what } satisfies ProbeInput,
      output: (status, body) => ({ isBreach: isBreach(status, body) }) satisfies ProbeOutput,
    },
  });
}

export const bearer = (token: string): Readonly<Record<string, string>> => ({
  authorization: `Bearer ${token}`,
});

/** The shop did what was asked. */
export const isDone = (status: number): boolean => status >= 200 && status < 300;
