/** A drill that starts is there within a second; a person should not wait for the first tries. */
const FIRST_MS = 250;
/** Then often enough that a drill which comes back is seen at once, and seldom enough to cost nothing. */
const LONGEST_MS = 5_000;

/** How long to wait after so many tries in vain. */
export function retryDelayMs(attempts: number): number {
  return Math.min(FIRST_MS * 2 ** Math.min(Math.max(attempts - 1, 0), 10), LONGEST_MS);
}
