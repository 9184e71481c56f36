import type { Clock } from '@stormcart/core';

/** Something that is given up at its time unless it is taken out before. Its places in line are `Deadlines`' own. */
export interface Deadlined<Item> {
  /** Milliseconds since the run's zero. */
  readonly deadlineMs: number;
  earlier: Item | undefined;
  later: Item | undefined;
  isInLine: boolean;
}

/**
 * Many deadlines on one timer. At 10,000 requests a second a timer for each is what the generator would be busy with;
 * here they stand in line by their time. Most have the same timeout, so a new one belongs at the end or close to it.
 */
export class Deadlines<Item extends Deadlined<Item>> {
  readonly #clock: Clock;
  readonly #zeroMs: number;
  readonly #onDue: (item: Item) => void;
  #first: Item | undefined;
  #last: Item | undefined;
  #count = 0;
  #armedForMs = Number.POSITIVE_INFINITY;
  #cancelTimer: (() => void) | undefined;

  /** `onDue` is called once for each item whose time has come; it is no longer in line then. */
  constructor(clock: Clock, zeroMs: number, onDue: (item: Item) => void) {
    this.#clock = clock;
    this.#zeroMs = zeroMs;
    this.#onDue = onDue;
  }

  get count(): number {
    return this.#count;
  }

  add(item: Item): void {
    let before = this.#last;
    while (before !== undefined && before.deadlineMs > item.deadlineMs) before = before.earlier;
    const after = before === undefined ? this.#first : before.later;
    item.earlier = before;
    item.later = after;
    item.isInLine = true;
    if (before === undefined) this.#first = item;
    else before.later = item;
    if (after === undefined) this.#last = item;
    else after.earlier = item;
    this.#count += 1;
    if (item.deadlineMs < this.#armedForMs) this.#arm(item.deadlineMs);
  }

  /** Does nothing for one that is not in line. */
  remove(item: Item): void {
    if (!item.isInLine) return;
    const { earlier, later } = item;
    if (earlier === undefined) this.#first = later;
    else earlier.later = later;
    if (later === undefined) this.#last = earlier;
    else later.earlier = earlier;
    item.earlier = undefined;
    item.later = undefined;
    item.isInLine = false;
    this.#count -= 1;
    // The timer stays as it is: cancelling and making timers is what this spares. It finds nothing due, and moves on.
  }

  /** Takes all out, the earliest first. */
  takeAll(): readonly Item[] {
    const items: Item[] = [];
    for (let item = this.#first; item !== undefined; item = this.#first) {
      this.remove(item);
      items.push(item);
    }
    this.#disarm();
    return items;
  }

  #arm(deadlineMs: number): void {
    this.#disarm();
    this.#armedForMs = deadlineMs;
    // Timers keep whole milliseconds and drop the rest: rounded up, the timer does not come before the time.
    const waitMs = Math.ceil(deadlineMs - this.#nowMs());
    this.#cancelTimer = this.#clock.after(waitMs, () => this.#look());
  }

  #disarm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#armedForMs = Number.POSITIVE_INFINITY;
  }

  #look(): void {
    this.#disarm();
    const nowMs = this.#nowMs();
    for (let item = this.#first; item !== undefined && item.deadlineMs <= nowMs; item = this.#first) {
      this.remove(item);
      this.#onDue(item);
    }
    if (this.#first !== undefined && this.#first.deadlineMs < this.#armedForMs) {
      this.#arm(this.#first.deadlineMs);
    }
  }

  #nowMs(): number {
    return this.#clock.now() - this.#zeroMs;
  }
}
