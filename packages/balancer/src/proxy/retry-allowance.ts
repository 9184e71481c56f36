import type { RetryBudget } from '@stormcart/core';

/** A useless back end is left for one other, a stale connection for a fresh one: three attempts at most. */
const MOVES_MAX = 1;
const STALE_MAX = 1;

/** How often one request may still be sent again without anybody noticing; all requests share the budget. */
export class RetryAllowance {
  readonly #budget: RetryBudget;
  #moves = 0;
  #stale = 0;

  constructor(budget: RetryBudget) {
    this.#budget = budget;
    budget.deposit();
  }

  /** Attempts beyond the first. */
  get count(): number {
    return this.#moves + this.#stale;
  }

  /** To another back end: any request when nothing was sent, else only what may be done twice. */
  takeForMove(): boolean {
    if (this.#moves >= MOVES_MAX || !this.#budget.withdraw()) return false;
    this.#moves += 1;
    return true;
  }

  /**
   * A kept connection that closed without a byte most likely timed out before the request reached the
   * back end; most likely is good enough only for what may be done twice (RFC 9110 §9.2.2).
   */
  takeForStale(): boolean {
    if (this.#stale >= STALE_MAX || !this.#budget.withdraw()) return false;
    this.#stale += 1;
    return true;
  }
}
