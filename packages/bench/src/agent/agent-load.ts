import { systemClock } from '@stormcart/core';
import type { LoadCall, LoadCrew, LoadMaker, LoadWork, MadeLoad } from '../drill/load-maker.ts';
import { mergeGenerators } from '../load/generator-record.ts';
import { countOf, type Share } from '../plan/share.ts';
import { type BatchIntake, createBatchIntake } from '../share/batch-intake.ts';
import { drillOrderOf } from '../share/drill-order.ts';
import { mergedCheck } from '../share/merge-shares.ts';
import type { ShareProgress } from '../share/run-share.ts';
import type { ShareOutcome } from '../share/share-outcome.ts';
import { type DrillShareResult, decodeGenerator } from '../share/share-result.ts';
import { shareTasks } from '../share/share-task.ts';
import { isLoopback, thisMachine } from '../share/this-machine.ts';
import type { MusterOptions } from './agent-run.ts';
import { type MusteredAgents, musterAgents } from './muster-agents.ts';

export interface AgentLoadOptions extends Pick<MusterOptions, 'redis' | 'waitMs'> {
  readonly count: number;
  /** Puts into words who is there. */
  readonly show: (tell: (text: string) => void) => Pick<MusterOptions, 'onWaiting' | 'onStart'>;
}

/** Agents listen every 250 ms, and a word that is lost is said again after a second. */
const STEERING_LEAD_MS = 1_500;
/** Beyond the plan and its timeout no request of a drill ends. */
const LATE_MS_MAX = 60_000;

/** Agents elsewhere make the load of a drill. What each has seen comes here while it runs, and is measured here. */
export function agentLoad(options: AgentLoadOptions): LoadMaker {
  return { muster: (call) => muster(options, call) };
}

async function muster(options: AgentLoadOptions, call: LoadCall): Promise<LoadCrew> {
  const { count, redis, waitMs, show } = options;
  const { scenario, target, trust = { kind: 'usual' }, runId } = call;
  const machine = isLoopback(target) ? await thisMachine() : undefined;
  const order = drillOrderOf(scenario, {
    runId,
    url: target.href,
    trust,
    ...(machine === undefined ? {} : { machine }),
  });
  const progress = new Map<number, ShareProgress>();
  const ending = new AbortController();
  let intake: BatchIntake | undefined;
  const agents = await musterAgents({
    redis,
    waitMs,
    ...show(call.onNotice),
    tasks: shareTasks(order, count),
    signal: AbortSignal.any([call.signal, ending.signal]),
    onProgress: (index, latest) => progress.set(index, latest),
    // Nothing is sent before the start, and the load is followed well before that.
    onBatch: (batch) => intake?.take(batch),
  });
  return {
    zeroMs: agents.zeroMs,
    steeringLeadMs: STEERING_LEAD_MS,
    run: async (work) => {
      const { totalMs } = call.plan;
      intake = createBatchIntake({
        shareCount: count,
        runId,
        latestMs: totalMs + scenario.load.timeoutMs + LATE_MS_MAX,
        sink: work.sink,
        nextOperationIndex: work.nextOperationIndex,
        hearOfShare: (news) => call.system.hearOfShare?.(news),
      });
      return followWork(agents, { call, work, intake, progress, ending });
    },
    close: () => agents.close(),
  };
}

interface Following {
  readonly call: LoadCall;
  readonly work: LoadWork;
  readonly intake: BatchIntake;
  readonly progress: ReadonlyMap<number, ShareProgress>;
  readonly ending: AbortController;
}

async function followWork(agents: MusteredAgents, following: Following): Promise<MadeLoad> {
  const { work, progress, ending } = following;
  const { signal, steering } = work;
  const end = (): void => ending.abort(signal.reason);
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  const stopSteering = steering.onChange(() => agents.steer(steering.changes()));
  work.onGauges({
    inFlight: () => [...progress.values()].reduce((sum, { inFlight = 0 }) => sum + inFlight, 0),
    slipMsP99: () => {
      const slips = [...progress.values()].flatMap(({ slipMsP99 }) => slipMsP99 ?? []);
      return slips.length === 0 ? undefined : Math.max(...slips);
    },
  });
  try {
    return madeLoad(await agents.follow(work.onLost), agents, following);
  } finally {
    signal.removeEventListener('abort', end);
    stopSteering();
  }
}

interface Done {
  readonly name: string;
  readonly result: DrillShareResult;
}

/** Throws what a share failed with. */
function madeLoad(
  outcomes: readonly ShareOutcome[],
  { names, zeroMs, uncertaintyMs }: MusteredAgents,
  following: Following,
): MadeLoad {
  const done: Done[] = [];
  const lost: string[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.kind === 'failed') throw outcome.error;
    const part =
      outcome.kind === 'lost'
        ? outcome.reason
        : wholePart(outcome, { index, of: outcomes.length }, following);
    if (typeof part === 'string') lost.push(part);
    else done.push(part);
  }
  const endsMs = done.map(({ result }) => result.endedMs);
  return {
    ledger: following.intake.totals(),
    selfCheck: mergedCheck(done),
    generator: mergeGenerators(done.map(({ result }) => decodeGenerator(result.generator))),
    endedMs: lost.length === 0 ? Math.max(...endsMs) : Math.max(0, systemClock.now() - zeroMs),
    wasAborted: lost.length > 0 || done.some(({ result }) => result.wasAborted),
    agents: {
      parts: done.map(({ result }) => ({
        name: names[result.share.index] ?? 'unknown',
        arrivals: result.generator.arrivals,
        requests: result.ledger.planned,
      })),
      uncertaintyMs,
      lost,
    },
  };
}

/** A share that ended, or one sentence on why what came of it is not all of it. */
function wholePart(
  { name, result }: Extract<ShareOutcome, { kind: 'done' }>,
  share: Share,
  { call, work, intake }: Following,
): Done | string {
  if (result.kind !== 'samples' || result.share.index !== share.index) {
    return `${name} ended another share than its own`;
  }
  const difference = intake.differenceFrom(result);
  if (difference !== undefined) return `what ${name} saw did not come whole: ${difference}`;
  const planned = countOf(share, call.plan.count);
  const { arrivals } = result.generator;
  // Who steers sends another number than was planned.
  if (result.wasAborted || work.steering.changes().length > 0 || arrivals === planned)
    return { name, result };
  return `${name} started ${arrivals} journeys where its part of the plan has ${planned}`;
}
