import type { ToxicEffect } from '../toxic/toxic.ts';
import type { ActiveToxic } from './active-toxic.ts';

/** What travels along a lane. `end` is the sender's FIN, `reset` its RST; both come last. */
export type Step =
  | { readonly kind: 'data'; readonly data: Buffer }
  | { readonly kind: 'end' }
  | { readonly kind: 'reset' };

interface HeldStep {
  readonly step: Step;
  readonly dueMs: number;
}

/** Bounds what a flood of one-byte chunks costs beside its bytes: about 100 bytes of objects each. */
const HELD_STEPS_MAX = 4_096;

/** One toxic on one lane: holds what its effect holds back, in order. Knows neither sockets nor timers. */
export class Stage {
  readonly toxic: ActiveToxic;
  readonly effect: ToxicEffect;
  #held: HeldStep[] = [];
  #heldBytes = 0;
  #isReleased = false;
  #wasHit = false;

  constructor(toxic: ActiveToxic, effect: ToxicEffect) {
    this.toxic = toxic;
    this.effect = effect;
  }

  take(step: Step, nowMs: number): void {
    if (this.#isReleased) {
      this.#hold(step, nowMs);
      return;
    }
    if (step.kind === 'data') {
      this.toxic.hits.chunks += 1;
      this.countHit();
      for (const { data, dueMs } of this.effect.data(step.data, nowMs)) {
        this.#hold({ kind: 'data', data }, dueMs);
      }
      return;
    }
    const dueMs = this.effect.endDueMs(nowMs);
    if (dueMs !== undefined) this.#hold(step, dueMs);
  }

  /** The next step if its time has come. */
  next(nowMs: number): Step | undefined {
    const [head] = this.#held;
    if (head === undefined || (head.dueMs > nowMs && !this.#isReleased)) return undefined;
    this.#held.shift();
    if (head.step.kind === 'data') this.#heldBytes -= head.step.data.length;
    return head.step;
  }

  /** When `next` will have something; undefined when nothing is held. */
  get dueMs(): number | undefined {
    const [head] = this.#held;
    return head === undefined || !this.#isReleased ? head?.dueMs : Number.NEGATIVE_INFINITY;
  }

  get isFull(): boolean {
    return this.#heldBytes >= this.effect.heldBytesMax || this.#held.length >= HELD_STEPS_MAX;
  }

  /** The toxic is gone: what is held goes on as fast as the receiver takes it. */
  release(): void {
    this.#isReleased = true;
  }

  /** Released and empty: it can be taken out of its lane. */
  get isOver(): boolean {
    return this.#isReleased && this.#held.length === 0;
  }

  /** Counts the connection, once. */
  countHit(): void {
    if (this.#wasHit) return;
    this.#wasHit = true;
    this.toxic.hits.connections += 1;
  }

  #hold(step: Step, dueMs: number): void {
    this.#held.push({ step, dueMs });
    if (step.kind === 'data') this.#heldBytes += step.data.length;
  }
}
