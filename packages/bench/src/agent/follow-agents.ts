import type { ShareOutcome } from '../share/share-outcome.ts';
import { planMsOf } from '../share/share-task.ts';
import { type AgentRun, BEAT_MS, LEAD_MS, RENEW_MS, renew } from './agent-run.ts';
import type { OffsetEstimate } from './clock-offset.ts';
import { DRIFT_MS_MAX, driftOf } from './perform-share.ts';

/** What is stopped only has to add up and tell. */
const STOP_WITHIN_MS = 15_000;
/** Beyond the plan and its timeout. */
const TELL_WITHIN_MS = 30_000;

/**
 * From the start on, until every share has ended in some way. `start`: our clock against the common one, then.
 * `onSpoiled`: called once, when the load has lost a part.
 */
export async function followAgents(
  run: AgentRun,
  start: OffsetEstimate,
  onSpoiled: (reason: string) => void = () => undefined,
): Promise<readonly ShareOutcome[]> {
  const { clock, seats, tasks, signal, place, pump, offset } = run;
  const [task] = tasks;
  const lastsMs = task === undefined ? 0 : planMsOf(task) + task.order.timeoutMs;
  const isDrill = task?.order.kind === 'drill';
  const untilMs = clock.now() + LEAD_MS + lastsMs + TELL_WITHIN_MS;
  let stopUntilMs = Number.POSITIVE_INFINITY;
  let renewedMs = clock.now();
  let isSpoiled = false;
  for (;;) {
    run.assertUnderstood();
    const nowMs = clock.now();
    seats.loseSilent(nowMs);
    if (nowMs >= untilMs) seats.loseRest('did not end in time');
    if (nowMs >= stopUntilMs) seats.loseRest('did not stop in time');
    const { outcomes } = seats;
    const ended = outcomes.filter((outcome) => outcome !== undefined);
    const lost = ended.find(({ kind }) => kind !== 'done');
    if (lost !== undefined && !isSpoiled) {
      isSpoiled = true;
      onSpoiled(lost.kind === 'lost' ? lost.reason : `${lost.name} could not make its share`);
    }
    if (ended.length === tasks.length) {
      await pump.drain();
      run.assertUnderstood();
      return seats.outcomes.filter((outcome) => outcome !== undefined);
    }
    const isStopping = run.order.kind !== 'over' && (signal.aborted || isSpoiled);
    if (isStopping) {
      run.order = { kind: 'over' };
      stopUntilMs = nowMs + STOP_WITHIN_MS;
    }
    if (isStopping || nowMs - renewedMs >= RENEW_MS) {
      renewedMs = nowMs;
      // When it cannot be renewed, agents and we lose each other, and then it is told.
      await renew(run).catch(() => undefined);
    }
    if (isDrill) {
      await place.look().then(
        (look) => offset.look(look),
        () => undefined,
      );
      const driftMs = driftOf(start, offset.estimate());
      if (driftMs > DRIFT_MS_MAX) {
        seats.loseRest(
          `cannot be followed: the clock here went ${Math.ceil(driftMs)} ms away from the common one`,
        );
      }
    }
    await clock.sleep(BEAT_MS);
  }
}
