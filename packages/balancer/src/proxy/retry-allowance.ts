import type { UpstreamFailure } from '../backend/upstream-connection.ts';
import type { ReplayBuffer } from './replay-buffer.ts';

/** A refused connection is tried on one other back end, a stale one once more: three attempts at most. */
const REFUSALS_MAX = 1;
const STALE_MAX = 1;

/** How often one request may still be sent again without anybody noticing. */
export class RetryAllowance {
  #refusals = 0;
  #stale = 0;

  /** Attempts beyond the first. */
  get count(): number {
    return this.#refusals + this.#stale;
  }

  /** Nothing was sent, so any request may go elsewhere. */
  takeForRefusal(): boolean {
    if (this.#refusals >= REFUSALS_MAX) return false;
    this.#refusals += 1;
    return true;
  }

  /**
   * A kept connection that closed without a byte most likely timed out before the request reached the
   * back end; most likely is good enough only for what may be done twice (RFC 9110 §9.2.2).
   */
  takeForStale(failure: UpstreamFailure, replay: ReplayBuffer): boolean {
    const isStale = failure.kind === 'noAnswer' && failure.isReused;
    if (!isStale || !replay.isComplete || this.#stale >= STALE_MAX) return false;
    this.#stale += 1;
    return true;
  }
}
