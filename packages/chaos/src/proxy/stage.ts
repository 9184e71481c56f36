import type { Delivery, ToxicEffect } from '../toxic/toxic.ts';
import type { ActiveToxic } from './active-toxic.ts';

/** What travels along a lane. `end` is the sender's FIN, `reset` its RST; `cut` closes the connection. They come last. */
export type Step =
  | { readonly kind: 'data'; readonly data: Buffer }
  | { readonly kind: 'end' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'cut' };

/** What a toxic did to one connection. */
export interface ConnectionHits {
  chunks: number;
  bytes: number;
}

/** What one `take` left behind: the pieces of a chunk, asked for one by one, or a step as it came. */
type Held =
  | { readonly kind: 'pieces'; readonly pieces: Iterator<Delivery>; leftBytes: number; isFree: boolean }
  | { readonly kind: 'step'; readonly step: Step; readonly dueMs: number; isFree: boolean };

interface Head {
  readonly step: Step;
  readonly dueMs: number;
}

/** Bounds what a flood of one-byte chunks costs beside its bytes: about 200 bytes of objects each. */
const HELD_CHUNKS_MAX = 4_096;

/** One toxic on one lane: holds what its effect holds back, in order. Knows neither sockets nor timers. */
export class Stage {
  readonly toxic: ActiveToxic;
  readonly hits: ConnectionHits;
  #effect: ToxicEffect;
  #held: Held[] = [];
  #head: Head | undefined;
  #heldBytes = 0;
  #passedBytes = 0;
  #isReleased = false;
  #isSpent = false;
  #wasHit = false;

  constructor(toxic: ActiveToxic, effect: ToxicEffect, hits: ConnectionHits = { chunks: 0, bytes: 0 }) {
    this.toxic = toxic;
    this.hits = hits;
    this.#effect = effect;
  }

  get effect(): ToxicEffect {
    return this.#effect;
  }

  /** How many bytes went on, over all effects that this stage has had. */
  get passedBytes(): number {
    return this.#passedBytes;
  }

  take(step: Step, nowMs: number): void {
    if (this.#isSpent) return;
    if (this.#isReleased) {
      if (step.kind === 'data') this.#heldBytes += step.data.length;
      this.#hold({ kind: 'step', step, dueMs: nowMs, isFree: true });
    } else if (step.kind === 'data') this.#takeData(step.data, nowMs);
    else {
      const dueMs = this.#effect.endDueMs(nowMs);
      if (dueMs !== undefined) this.#hold({ kind: 'step', step, dueMs, isFree: false });
    }
  }

  /** The next step if its time has come. */
  next(nowMs: number): Step | undefined {
    const head = this.#head;
    if (head === undefined || head.dueMs > nowMs) return undefined;
    if (head.step.kind === 'data') {
      this.#heldBytes -= head.step.data.length;
      this.#passedBytes += head.step.data.length;
    }
    this.#advance();
    return head.step;
  }

  /** When `next` will have something; undefined when nothing is held. */
  get dueMs(): number | undefined {
    return this.#head?.dueMs;
  }

  get isFull(): boolean {
    return this.#heldBytes >= this.#effect.heldBytesMax || this.#held.length >= HELD_CHUNKS_MAX;
  }

  /** The attributes have changed: what is held goes on as fast as the receiver takes it, the rest as `effect` says. */
  change(effect: ToxicEffect): void {
    this.#effect = effect;
    this.#free();
  }

  /** The toxic is gone: what is held goes on as fast as the receiver takes it. */
  release(): void {
    this.#isReleased = true;
    this.#free();
  }

  /** Released and empty: it can be taken out of its lane. */
  get isOver(): boolean {
    return this.#isReleased && this.#head === undefined;
  }

  /** Counts the connection, once. */
  countHit(): void {
    if (this.#wasHit) return;
    this.#wasHit = true;
    this.toxic.hits.connections += 1;
  }

  #takeData(data: Buffer, nowMs: number): void {
    this.toxic.hits.chunks += 1;
    this.hits.chunks += 1;
    this.hits.bytes += data.length;
    this.countHit();
    const pieces = this.#effect.data(data, nowMs)[Symbol.iterator]();
    this.#heldBytes += data.length;
    this.#hold({ kind: 'pieces', pieces, leftBytes: data.length, isFree: false });
    if (this.#effect.isSpent?.() !== true) return;
    this.#hold({ kind: 'step', step: { kind: 'cut' }, dueMs: nowMs, isFree: false });
    this.#isSpent = true;
  }

  #hold(held: Held): void {
    this.#held.push(held);
    if (this.#head === undefined) this.#advance();
  }

  /** Finds what comes next: the first piece of the first of what is held that has one left. */
  #advance(): void {
    this.#head = undefined;
    for (let held = this.#held[0]; held !== undefined; held = this.#held[0]) {
      if (held.kind === 'step') {
        this.#held.shift();
        this.#head = { step: held.step, dueMs: held.isFree ? Number.NEGATIVE_INFINITY : held.dueMs };
        return;
      }
      const { done, value } = held.pieces.next();
      if (done !== true) {
        held.leftBytes -= value.data.length;
        const dueMs = held.isFree ? Number.NEGATIVE_INFINITY : value.dueMs;
        this.#head = { step: { kind: 'data', data: value.data }, dueMs };
        return;
      }
      this.#held.shift();
      this.#heldBytes -= held.leftBytes;
    }
  }

  #free(): void {
    for (const held of this.#held) held.isFree = true;
    if (this.#head !== undefined) this.#head = { ...this.#head, dueMs: Number.NEGATIVE_INFINITY };
  }
}
