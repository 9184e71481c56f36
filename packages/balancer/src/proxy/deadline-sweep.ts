import type { Clock } from '@stormcart/core';

/** Something with a time by which it must have got on. */
export interface Deadline {
  /** On the clock's scale; moved freely. */
  deadlineMs: number;
  onDeadline(): void;
}

/** How late a deadline may be noticed; the limits it serves are 1 s and more. */
const SWEEP_MS = 50;

/** Looks at all deadlines now and then: moving one is an assignment, where a timer per request would cost. */
export class DeadlineSweep {
  readonly #clock: Clock;
  readonly #deadlines = new Set<Deadline>();
  #cancel: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(deadline: Deadline): void {
    this.#deadlines.add(deadline);
    this.#cancel ??= this.#clock.after(SWEEP_MS, () => this.#sweep());
  }

  remove(deadline: Deadline): void {
    this.#deadlines.delete(deadline);
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#deadlines.clear();
  }

  #sweep(): void {
    this.#cancel = undefined;
    const nowMs = this.#clock.now();
    for (const deadline of this.#deadlines) {
      if (deadline.deadlineMs > nowMs) continue;
      // Once; whoever is still there afterwards sets the next one.
      deadline.deadlineMs = Number.POSITIVE_INFINITY;
      deadline.onDeadline();
    }
    if (this.#deadlines.size > 0) this.#cancel = this.#clock.after(SWEEP_MS, () => this.#sweep());
  }
}
