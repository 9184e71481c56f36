import { AsyncLocalStorage } from 'node:async_hooks';
import { AppError, type Clock } from '@stormcart/core';

/**
 * Milliseconds that whoever asks will still wait. What remains, not a time of day: clocks of two machines differ.
 * Each hop sends on what is left of it, so it only shrinks.
 */
export const DEADLINE_HEADER = 'x-deadline-ms';

/** Until when anybody waits for the work under way. */
export interface Deadline {
  /** Zero or less once it has passed. */
  remainingMs(): number;
  /** Calls back when it passes; the returned function cancels. */
  after(callback: () => void): () => void;
}

export function deadlineIn(ms: number, clock: Clock): Deadline {
  const atMs = clock.now() + ms;
  const remainingMs = (): number => atMs - clock.now();
  return { remainingMs, after: (callback) => clock.after(Math.max(remainingMs(), 0), callback) };
}

/** A caller may shorten what a route allows, never extend it; what is no number counts as nothing said. */
export function allowedMs(header: string | readonly string[] | undefined, usualMs: number): number {
  if (typeof header !== 'string' || !/^\d{1,9}$/.test(header)) return usualMs;
  return Math.min(Number(header), usualMs);
}

/** Follows the work through every await, so that no signature in between has to carry it. */
const scope = new AsyncLocalStorage<Deadline>();

/** Runs the work, and all that it starts, under a deadline. */
export function withinDeadline<Result>(deadline: Deadline, work: () => Result): Result {
  return scope.run(deadline, work);
}

/** The deadline of the work under way; none outside a request or a message. */
export function currentDeadline(): Deadline | undefined {
  return scope.getStore();
}

/** `ms`, or what is left when that is less. Zero or less when the deadline has passed. */
export function withinRemainingMs(ms: number): number {
  const deadline = scope.getStore();
  return deadline === undefined ? ms : Math.min(ms, deadline.remainingMs());
}

/** Throws `DEADLINE_PASSED`: work that nobody waits for is not begun. */
export function requireTime(what: string): void {
  const deadline = scope.getStore();
  if (deadline !== undefined && deadline.remainingMs() <= 0) throw deadlinePassed(what);
}

export function deadlinePassed(what: string): AppError<'DEADLINE_PASSED'> {
  return new AppError({
    kind: 'environment',
    code: 'DEADLINE_PASSED',
    message: `${what}: nobody waits for it any more`,
  });
}

/** What to send along with a call that waits `ms` at most itself. */
export function deadlineHeaders(ms: number): Readonly<Record<string, string>> {
  return { [DEADLINE_HEADER]: String(Math.max(Math.floor(withinRemainingMs(ms)), 0)) };
}
