import { type Clock, messageOf, pollUntil } from '@stormcart/core';
import { bounded } from '../session/bounded.ts';
import { type ReadyUndo, readyUndo, type UndoTable } from './ready-undo.ts';
import type { UndoStep } from './undo.ts';
import { undoTable } from './undo-table.ts';

/** How long undoing may take, in milliseconds where nothing else is said. */
export interface UndoLimits {
  /** One try of one step. */
  readonly revertMs: number;
  readonly verifyMs: number;
  /** How many tries a step gets. */
  readonly attempts: number;
  /** Pause after the first failed try; it doubles each time, up to `pauseMsMax`. */
  readonly pauseMs: number;
  readonly pauseMsMax: number;
  /** No try begins after this long, whatever is left. */
  readonly totalMs: number;
}

/**
 * A step takes milliseconds; one that takes two seconds hangs. What is refused at once is tried for 7 s, what hangs
 * for 20 s: long enough for a store that restarts, short enough for a person who waits for `stormcart clean`.
 */
export const usualUndoLimits: UndoLimits = {
  revertMs: 2_000,
  verifyMs: 1_000,
  attempts: 8,
  pauseMs: 100,
  pauseMsMax: 2_000,
  totalMs: 20_000,
};

const VERIFY_EVERY_MS = 20;

/** How long undoing takes at the longest, whatever hangs. */
export function undoMsMax({ totalMs, revertMs, verifyMs }: UndoLimits): number {
  return totalMs + verifyMs + revertMs + verifyMs;
}

/** What to undo, whatever else the caller knows of it. */
export interface UndoTask {
  readonly step: UndoStep;
}

export interface UndoOutcome<Task extends UndoTask> {
  readonly task: Task;
  /** For people: `let process 17 go on`; the step's kind when it cannot be read. */
  readonly about: string;
  readonly result: UndoResult;
}

export type UndoResult =
  /** Nothing was left to undo: it was reverted before, never begun, or ended with what it was done to. */
  | { readonly kind: 'gone' }
  /** It was there; it was undone, looked for, and gone. */
  | { readonly kind: 'undone' }
  /** It may still be there. */
  | { readonly kind: 'failed'; readonly problem: string };

export interface UndoOptions<Task extends UndoTask> {
  readonly clock: Clock;
  readonly limits?: UndoLimits;
  readonly table?: UndoTable;
  /** Told of each as soon as nothing can change it any more. */
  readonly onOutcome: (outcome: UndoOutcome<Task>) => void;
}

interface LaneTask<Task> {
  readonly task: Task;
  readonly undo: ReadyUndo;
}

/**
 * Undoes all tasks, the latest first, verifies each and tries again what failed. Never rejects. Steps of one kind
 * take turns, because they may concern the same thing; kinds go side by side, so that a store that hangs does not
 * keep a stopped process stopped.
 */
export async function undoAll<Task extends UndoTask>(
  tasks: readonly Task[],
  options: UndoOptions<Task>,
): Promise<readonly UndoOutcome<Task>[]> {
  const outcomes: UndoOutcome<Task>[] = [];
  const tell = (outcome: UndoOutcome<Task>): void => {
    outcomes.push(outcome);
    options.onOutcome(outcome);
  };
  const lanes = new Map<string, LaneTask<Task>[]>();
  for (const task of tasks.toReversed()) {
    const { kind } = task.step;
    try {
      const ready = { task, undo: readyUndo(task.step, options.table ?? undoTable) };
      lanes.set(kind, [...(lanes.get(kind) ?? []), ready]);
    } catch (error) {
      tell({ task, about: kind, result: failure(error) });
    }
  }
  await Promise.all([...lanes.values()].map((lane) => undoLane(lane, options, tell)));
  return outcomes;
}

async function undoLane<Task extends UndoTask>(
  lane: readonly LaneTask<Task>[],
  { clock, limits = usualUndoLimits }: UndoOptions<Task>,
  tell: (outcome: UndoOutcome<Task>) => void,
): Promise<void> {
  const deadlineMs = clock.now() + limits.totalMs;
  // What comes after a failure is done again with it, also where it went well: of two changes of one thing the
  // earlier one's undoing must have the last word.
  let left = lane;
  const wasThere = new Set<LaneTask<Task>>();
  for (let attempt = 1; ; attempt += 1) {
    const results: UndoResult[] = [];
    for (const each of left) {
      const result = clock.now() < deadlineMs ? await tryUndo(each.undo, clock, limits) : outOfTime;
      if (result.kind !== 'gone') wasThere.add(each);
      results.push(result);
    }
    const firstFailure = results.findIndex(({ kind }) => kind === 'failed');
    const isLast = firstFailure === -1 || attempt >= limits.attempts || clock.now() >= deadlineMs;
    const settledCount = isLast ? left.length : firstFailure;
    left.slice(0, settledCount).forEach((each, index) => {
      const result = results[index] ?? { kind: 'gone' };
      const isLate = result.kind === 'gone' && wasThere.has(each);
      tell({ task: each.task, about: each.undo.about, result: isLate ? { kind: 'undone' } : result });
    });
    if (isLast) return;
    left = left.slice(settledCount);
    await clock.sleep(Math.min(limits.pauseMs * 2 ** (attempt - 1), limits.pauseMsMax));
  }
}

async function tryUndo(undo: ReadyUndo, clock: Clock, limits: UndoLimits): Promise<UndoResult> {
  // A look that fails tells nothing; the revert will say why.
  const isGone = bounded(clock, limits.verifyMs, 'looking for it', (signal) => undo.isGone(signal));
  if (await isGone.catch(() => false)) return { kind: 'gone' };
  try {
    await bounded(clock, limits.revertMs, 'undoing it', (signal) => undo.revert(signal));
    await bounded(clock, limits.verifyMs, 'its going away', (signal) =>
      pollUntil(() => undo.isGone(signal), { everyMs: VERIFY_EVERY_MS, signal, clock }),
    );
    return { kind: 'undone' };
  } catch (error) {
    return failure(error);
  }
}

const outOfTime: UndoResult = { kind: 'failed', problem: 'no time was left to try' };

function failure(error: unknown): UndoResult {
  return { kind: 'failed', problem: messageOf(error) };
}
