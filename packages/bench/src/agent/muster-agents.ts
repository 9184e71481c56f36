import type { SteeringChange } from '../load/steering.ts';
import type { ShareOutcome } from '../share/share-outcome.ts';
import { agentError } from './agent-error.ts';
import { type AgentRun, BEAT_MS, LEAD_MS, type MusterOptions, RENEW_MS, renew } from './agent-run.ts';
import type { OffsetEstimate } from './clock-offset.ts';
import { followAgents } from './follow-agents.ts';
import { openAgentRun } from './open-agent-run.ts';

/** Agents that have been given the word. */
export interface MusteredAgents {
  /** In the order of the shares. */
  readonly names: readonly string[];
  /** When the load begins, on our clock. */
  readonly zeroMs: number;
  /** No clock of theirs is further from the common one than this. */
  readonly uncertaintyMs: number;
  /** Tells them all changes of the rate so far. */
  steer(changes: readonly SteeringChange[]): void;
  /** Resolves when every share has ended in some way; as soon as one is lost, the others stop. Throws BAD_MESSAGE. */
  follow(onSpoiled?: (reason: string) => void): Promise<readonly ShareOutcome[]>;
  /** Ends what is still going on, and removes everything from the Redis. */
  readonly close: () => Promise<void>;
}

/** Half of the lateness (50 ms) that a generator may have before its figures count as spoiled. */
const UNCERTAINTY_MS_MAX = 25;
const FIRST_LOOKS = 8;

/**
 * Waits for an agent for each share and gives all of them one start. Throws NO_REDIS, NOT_ENOUGH_AGENTS,
 * CLOCK_UNCERTAIN, BAD_MESSAGE, what keeps an agent from its share, and the signal's reason.
 */
export async function musterAgents(options: MusterOptions): Promise<MusteredAgents> {
  const { run, close } = await openAgentRun(options);
  try {
    const { offset, ...mustered } = await gather(run);
    return {
      ...mustered,
      steer: (changes) => {
        if (run.order.kind !== 'start') return;
        run.order = { ...run.order, changes: [...changes] };
        // What is not said now is said with the next renewal.
        void run.place.say(run.keys, run.order).catch(() => undefined);
      },
      follow: (onSpoiled) => followAgents(run, offset, onSpoiled),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

type Gathered = Pick<MusteredAgents, 'names' | 'zeroMs' | 'uncertaintyMs'> & {
  readonly offset: OffsetEstimate;
};

/** Waits until there is an agent for every share and gives the word. */
async function gather(run: AgentRun): Promise<Gathered> {
  const { clock, place, keys, runId, seats, tasks, waitMs, signal } = run;
  const untilMs = clock.now() + waitMs;
  let renewedMs = Number.NEGATIVE_INFINITY;
  for (;;) {
    signal.throwIfAborted();
    run.assertUnderstood();
    if (clock.now() - renewedMs >= RENEW_MS) {
      await place.keepOpen(runId);
      await renew(run);
      renewedMs = clock.now();
    }
    const ready = seats.ready(clock.now());
    run.onWaiting(ready);
    const ended = seats.outcomes.find((outcome) => outcome?.kind === 'failed');
    if (ended?.kind === 'failed') throw ended.error;
    if (ready.length === tasks.length) break;
    if (clock.now() >= untilMs) throw tooFew(run, ready);
    await clock.sleep(BEAT_MS);
  }
  const worst = seats.leastCertain();
  if (worst !== undefined) assertCertain(`agent ${worst.name}`, worst.uncertaintyMs);
  const offset = await ownOffset(run);
  // Faults keep our time, so that of the agents must be ours.
  if (tasks.some(({ order }) => order.kind === 'drill')) assertCertain('this machine', offset.uncertaintyMs);
  await place.closeRun(runId);
  const { theirMs } = await place.look();
  seats.begin(clock.now());
  run.order = { kind: 'start', atMs: theirMs + LEAD_MS, changes: [] };
  await place.say(keys, run.order);
  const names = seats.ready(clock.now());
  const uncertaintyMs = worst?.uncertaintyMs ?? 0;
  run.onStart(names, uncertaintyMs);
  return { names, zeroMs: run.order.atMs - offset.offsetMs, uncertaintyMs, offset };
}

async function ownOffset({ place, offset }: AgentRun): Promise<OffsetEstimate> {
  for (let look = 0; look < FIRST_LOOKS; look += 1) offset.look(await place.look());
  return offset.estimate() ?? { offsetMs: 0, uncertaintyMs: Number.POSITIVE_INFINITY };
}

function assertCertain(who: string, uncertaintyMs: number): void {
  if (uncertaintyMs <= UNCERTAINTY_MS_MAX) return;
  throw agentError({
    kind: 'environment',
    code: 'CLOCK_UNCERTAIN',
    message: `${who} knows the common time only to ${uncertaintyMs.toFixed(1)} ms; ${UNCERTAINTY_MS_MAX} ms is allowed`,
    hint: 'Half of its shortest round trip to the Redis counts: put the Redis nearer to the agents.',
  });
}

function tooFew({ tasks, waitMs, redis }: AgentRun, ready: readonly string[]): Error {
  return agentError({
    kind: 'environment',
    code: 'NOT_ENOUGH_AGENTS',
    message: `${ready.length} of ${tasks.length} agents were ready within ${waitMs / 1_000} s${ready.length === 0 ? '' : `: ${ready.join(', ')}`}`,
    hint: `On each machine that is to take part: stormcart agent --redis ${redis.isEncrypted ? 'rediss' : 'redis'}://${redis.shown}`,
  });
}
