/**
 * How long "not yet" is a right answer after what it follows from was acknowledged. A healthy shop settles
 * a cart or a payment within 100 ms; 3 s is what a person waits in front of a spinner.
 */
export const PATIENCE_MS = 3_000;

/** Patience and the longest pause bound the number of questions already; this holds if the clock stands still. */
export const QUESTIONS_MAX = 40;

const FIRST_PAUSE_MS = 100;
/** The shop's own Retry-After. */
const LONGEST_PAUSE_MS = 1_000;
/** Six questions fill the patience: customers who ask a slow shop more often are what keeps it slow. */
const GROWTH = 2;

/** The pause before the question with this number, counted from 0. */
export function pauseBeforeMs(question: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * GROWTH ** question);
}

/** Whether "not yet" is still right. */
export function isPatient(nowMs: number, acknowledgedMs: number): boolean {
  return nowMs - acknowledgedMs <= PATIENCE_MS;
}
