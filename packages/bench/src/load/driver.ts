import { type Clock, type Journey, systemClock } from '@stormcart/core';
import type { Plan } from '../plan/plan.ts';
import type { Share } from '../plan/share.ts';
import { type GeneratorRecord, generatorFigures } from './generator-record.ts';
import { watchGenerator } from './generator-watch.ts';
import type { Habits } from './habit/habits.ts';
import { createConnectionPool } from './http/connection-pool.ts';
import { type Connect, type Trust, targetOf } from './http/target.ts';
import { assertBalanced, createLedger, type LedgerTotals } from './ledger.ts';
import { Requester } from './requester.ts';
import type { LoadSink } from './sample.ts';
import { checkGenerator, type GeneratorLimits, type SelfCheck, usualGeneratorLimits } from './self-check.ts';
import type { Steering } from './steering.ts';
import { runVisits } from './visits.ts';

export interface LoadOptions {
  readonly plan: Pick<Plan, 'startTimes' | 'journeyOf' | 'totalMs'>;
  /** The part of the plan that this process runs; all of it when absent. */
  readonly share?: Share;
  /** Lets somebody change the rate while it runs; absent: the plan is followed as it is. */
  readonly steering?: Steering;
  /** Called once, with what can be asked while it runs. */
  readonly onGauges?: (gauges: LoadGauges) => void;
  readonly journeys: readonly Journey[];
  /** Scheme, host and port; paths are the journeys'. */
  readonly target: URL;
  /** Whom an https target must be vouched for by; by Node's usual authorities when absent. */
  readonly trust?: Trust;
  /** For the journeys' choices. */
  readonly seed: number;
  readonly habits?: Habits;
  /** Prefix of `X-Request-Id: <run>-<n>`, so that logs can be joined. */
  readonly runId: string;
  readonly sink: LoadSink;
  /** Numbers the operations; from 1 by itself when absent. */
  readonly nextOperationIndex?: () => number;
  /** Ends the load early: what is under way is `unfinished`, what is not yet due is not planned. */
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  /** `clock.now()` at which the plan begins, shared with the faults; at once when absent. */
  readonly zeroMs?: number;
  readonly timeoutMs?: number;
  readonly maxInFlight?: number;
  /** How long visits may go on after the last arrival; by default until its request has ended or timed out. */
  readonly graceMs?: number;
  readonly limits?: GeneratorLimits;
  /** Opens connections; by the target's scheme when absent. */
  readonly connect?: Connect;
}

/** How a load goes, at any moment. */
export interface LoadGauges {
  /** Requests under way. */
  readonly inFlight: () => number;
  /** How late the generator sends, 99th percentile; undefined when nothing was sent. */
  readonly slipMsP99: () => number | undefined;
}

export interface LoadResult {
  readonly ledger: LedgerTotals;
  readonly selfCheck: SelfCheck;
  /** What the self-check judged; several of these add up. */
  readonly generator: GeneratorRecord;
  /** Milliseconds since zero: when the last request ended or was given up. */
  readonly endedMs: number;
  readonly wasAborted: boolean;
}

/** Half of what a person waits before leaving a page (10 s, Nielsen 1993), the usual limit of HTTP gateways to a service. */
const USUAL_TIMEOUT_MS = 5_000;
/**
 * Requests at once: those of 20 s at 500/s. Each holds a socket and about 20 KiB, so 200 MiB and half
 * the file descriptors (20,000) that a session usually has.
 */
export const USUAL_MAX_IN_FLIGHT = 10_000;
/** Over the timeout, so that the last timeout is counted as one and not as `unfinished`. */
const GRACE_MARGIN_MS = 1_000;

/**
 * Runs a plan against a target: open loop, so arrivals never wait for answers. Resolves when every
 * planned request has ended and the books balance.
 * Throws UNKNOWN_JOURNEY, JOURNEY_FAILED, UNSENDABLE_REQUEST, UNSUPPORTED_TARGET, LEDGER_UNBALANCED.
 */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const clock = options.clock ?? systemClock;
  const zeroMs = options.zeroMs ?? clock.now();
  const timeoutMs = options.timeoutMs ?? USUAL_TIMEOUT_MS;
  const maxInFlight = options.maxInFlight ?? USUAL_MAX_IN_FLIGHT;
  const graceMs = options.graceMs ?? timeoutMs + GRACE_MARGIN_MS;
  const { plan, journeys, seed, runId, sink, signal } = options;
  const { authority, connect } = targetOf(options.target, options.trust);
  const pool = createConnectionPool(options.connect ?? connect, clock);
  const ledger = createLedger();
  const watch = watchGenerator();
  const requester = new Requester({
    runId,
    authority,
    pool,
    clock,
    zeroMs,
    timeoutMs,
    maxInFlight,
    ledger,
    sink,
    ...(options.nextOperationIndex === undefined ? {} : { nextOperationIndex: options.nextOperationIndex }),
    onFirstSent: (intendedMs, sentMs) => watch.firstSent(intendedMs, sentMs),
    onConnectError: (reason) => watch.couldNotConnect(reason),
  });
  try {
    options.onGauges?.({ inFlight: () => requester.inFlight, slipMsP99: () => watch.slipMsP99() });
    await runVisits({
      plan,
      share: options.share,
      steering: options.steering,
      journeys,
      seed,
      habits: options.habits ?? {},
      requester,
      maxInFlight,
      clock,
      zeroMs,
      graceMs,
      signal,
      onLaunch: (intendedMs, launchedMs) => watch.launched(intendedMs, launchedMs),
    });
  } finally {
    requester.stop(new Error('the load is over'));
    pool.close();
  }
  const endedMs = requester.nowMs();
  const generator = watch.close();
  const selfCheck = checkGenerator(generatorFigures(generator), options.limits ?? usualGeneratorLimits);
  const totals = ledger.totals();
  assertBalanced(totals);
  return { ledger: totals, selfCheck, generator, endedMs, wasAborted: signal.aborted };
}
