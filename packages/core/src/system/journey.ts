import type { Random } from '../random/random.ts';
import type { OperationOutcome } from './history.ts';

/** How one request ended. Every planned request ends in exactly one of these; the ledger adds them up. */
export type RequestOutcome =
  /** The answer that the journey expects at this step. */
  | 'ok'
  /** Any other status. */
  | 'httpError'
  /** 429, or 503 with Retry-After: shed on purpose. */
  | 'rejected'
  /** No connection. */
  | 'connectError'
  /** The connection broke before the answer began. */
  | 'reset'
  /** The answer began and did not end. */
  | 'truncated'
  | 'timeout'
  /** Never sent: `maxInFlight` was reached. */
  | 'dropped'
  /** Still under way when the drill ended. */
  | 'unfinished';

export interface RequestSpec {
  /** A name with few values, for gates and reports: `product`, `order-create`. */
  readonly route: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path with query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Which answers are right here. `body` is the parsed JSON, undefined when there is none. */
  readonly expect: (status: number, body: unknown) => boolean;
  /** Nobody looks at the answer's body: it is drained unread, and `expect` and the reply have none. Saves its parsing. */
  readonly ignoresBody?: true;
  /** From the intended start; the driver's default when absent. */
  readonly timeoutMs?: number;
  /** Makes it an operation of the history. */
  readonly operation?: OperationSpec;
}

export interface OperationSpec {
  readonly action: string;
  readonly key: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** What to keep of the answer. */
  readonly output?: (status: number, body: unknown) => Readonly<Record<string, unknown>>;
  /**
   * What this status says about the effect. Absent: 2xx is `ok`, other 1xx–4xx `fail`, 5xx `info`.
   * No answer is always `info`, unless nothing was sent.
   */
  readonly outcome?: (status: number) => OperationOutcome;
}

export interface Reply {
  readonly outcome: RequestOutcome;
  /** Undefined when no complete answer came. */
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON, else undefined. */
  readonly body: unknown;
}

/** What a journey may do; made anew for each arrival. */
export interface Visit {
  /** Counts from 0 in order of intended start; the same for the same plan. */
  readonly arrival: number;
  /** Seeded per arrival: the same plan and seed give the same choices. */
  readonly random: Random;
  /**
   * One of `count` things, counted from 1: the first is wanted most, by Zipf's law with the exponent that the scenario
   * sets (`load.popularity`), else 1. Drawn from `random`.
   */
  choosePopular(count: number): number;
  /**
   * Sends one request. The first of a visit is due at the arrival's intended start, later ones when asked for.
   * Where the scenario lets customers think (`load.think`), each but the first waits for that, unless the visit has
   * paused by itself since its last request, or another request of it is still under way.
   * Never throws for an outcome; rejects only when the drill is over.
   */
  request(spec: RequestSpec): Promise<Reply>;
  /** Waits, as a customer or a program does at this step of the journey. Rejects when the drill is over. */
  pause(ms: number): Promise<void>;
}

/** What a virtual customer does; one arrival is one run. */
export interface Journey {
  readonly name: string;
  readonly about: string;
  /** The routes it may request, the first one first: what an arrival that is never sent is booked on. */
  readonly routes: readonly [string, ...string[]];
  /** Settles when the visit is over; with what, nobody asks. */
  run(visit: Visit): Promise<unknown>;
}
