import type { Clock } from '@stormcart/core';
import { healthyMode, type PaymentMode } from './payment-mode.ts';

/** One way of misbehaving, from its beginning to its end. */
export interface Misbehaviour {
  /** Calls that are held back go on at once. Safe to call twice. */
  end(): void;
  readonly isOver: boolean;
  /** Charges refused, answers lost, calls held back. */
  readonly hitCount: number;
}

interface Active {
  readonly mode: PaymentMode;
  readonly over: AbortController;
  hitCount: number;
}

/** Draws the same lot for the same purpose and key, whoever asks. */
type Draw = (purpose: string, key: string, share: number) => boolean;

/** All ways in which the provider misbehaves at present, each with its own end and its own count. */
export class Misbehaviours {
  readonly #clock: Clock;
  readonly #active = new Set<Active>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(mode: PaymentMode): Misbehaviour {
    const active: Active = { mode, over: new AbortController(), hitCount: 0 };
    this.#active.add(active);
    const all = this.#active;
    return {
      end: () => {
        all.delete(active);
        active.over.abort(new Error('the provider behaves again'));
      },
      get isOver() {
        return !all.has(active);
      },
      get hitCount() {
        return active.hitCount;
      },
    };
  }

  /** Holds a call back for each delay in turn. Rejects when the provider closes. */
  async holdBack(closing: AbortSignal): Promise<void> {
    // Those of now: what begins while a call waits is for later ones.
    for (const active of [...this.#active].filter(({ mode }) => mode.delayMs > 0)) {
      if (active.over.signal.aborted) continue;
      const { delayMs } = active.mode;
      active.hitCount += 1;
      // Its end lets the call go; only the provider's own end breaks it off.
      await this.#clock
        .sleep(delayMs, AbortSignal.any([closing, active.over.signal]))
        .catch(() => closing.throwIfAborted());
    }
  }

  /**
   * Shares of several do not add up: each draws the same lot for the same key, so that the largest decides. Delays
   * have their own way, above.
   */
  combinedWith(mode: PaymentMode): PaymentMode {
    const modes = [mode, ...[...this.#active].map((active) => active.mode)];
    return {
      ...healthyMode,
      declineShare: Math.max(...modes.map(({ declineShare }) => declineShare)),
      loseReplyShare: Math.max(...modes.map(({ loseReplyShare }) => loseReplyShare)),
    };
  }

  /** A lot for this purpose has hit this key: counts it for those whose share was large enough. */
  countHit(purpose: 'decline' | 'lose', key: string, draw: Draw): void {
    for (const active of this.#active) {
      const { declineShare, loseReplyShare } = active.mode;
      if (draw(purpose, key, purpose === 'decline' ? declineShare : loseReplyShare)) active.hitCount += 1;
    }
  }
}
