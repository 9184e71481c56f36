import type { Socket } from 'node:net';
import type { Clock } from '@stormcart/core';
import type { FairQueue } from './fair-queue.ts';
import type { Stage, Step } from './stage.ts';

/** What a lane cannot do by itself, because it concerns both directions. */
export interface LaneEvents {
  /** The last thing that may pass has passed: the connection is to be closed. */
  readonly onCut: () => void;
  /** The source was reset. */
  readonly resetSink: () => void;
}

export interface LaneOptions {
  readonly clock: Clock;
  readonly queue: FairQueue;
  readonly events: LaneEvents;
}

/** Smaller chunks are the garbage collector's to free: it is cheaper then than asking for each. */
const FREED_BYTES_MIN = 16_384;

/** After so many steps others have their turn: 16 writes take some 50 µs. */
const STEPS_PER_TURN = 16;

/**
 * One direction of a connection: reads `source`, passes what it reads through the stages, writes `sink`.
 * It stops reading when the first stage (or, without one, the sink) is full, so that what it holds is
 * bounded and a slow reader slows the sender down as it would without a proxy.
 */
export class Lane {
  readonly #source: Socket;
  readonly #sink: Socket;
  readonly #clock: Clock;
  readonly #queue: FairQueue;
  readonly #events: LaneEvents;
  #stages: Stage[] = [];
  #isOpen = false;
  #hasEnded = false;
  #isClosed = false;
  #cancelTimer: (() => void) | undefined;
  #isWaking = false;

  constructor(source: Socket, sink: Socket, { clock, queue, events }: LaneOptions) {
    this.#source = source;
    this.#sink = sink;
    this.#clock = clock;
    this.#queue = queue;
    this.#events = events;
  }

  /** Begins to read. Both sockets are connected. */
  open(): void {
    const source = this.#source;
    const sink = this.#sink;
    this.#isOpen = true;
    // The way of every chunk of a link that nothing breaks: as short as a bare pass-through.
    source.on('data', (chunk: Buffer) => {
      if (this.#stages.length > 0) this.#enter({ kind: 'data', data: chunk });
      else if (sink.writable && !passOn(chunk, sink)) source.pause();
    });
    source.once('end', () => this.#finish('end'));
    source.once('close', () => this.#finish('reset'));
    sink.on('drain', () => {
      if (this.#stages.length > 0) this.#pump();
      else source.resume();
    });
    // Nobody reads it any more: keep the source flowing, so that its end is seen.
    sink.once('close', () => this.#pump());
    source.resume();
  }

  /** Takes its place by the order of the toxics, whatever the others hold. */
  add(stage: Stage): void {
    const index = this.#stages.findIndex((other) => other.toxic.order > stage.toxic.order);
    this.#stages.splice(index === -1 ? this.#stages.length : index, 0, stage);
  }

  /** What a stage holds may have fallen due. Moves it soon, not now: a thousand lanes may be told at once. */
  wake(): void {
    if (!this.#isOpen || this.#isClosed || this.#isWaking) return;
    this.#isWaking = true;
    this.#queue.add(() => {
      this.#isWaking = false;
      this.#pump();
    });
  }

  /** Forgets what is held, and drops what still comes. */
  close(): void {
    this.#hasEnded = true;
    this.#isClosed = true;
    this.#cancelTimer?.();
    this.#stages = [];
  }

  /** The source's fate travels behind its data. A close without an end is a reset, or was our own doing. */
  #finish(kind: 'end' | 'reset'): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#enter({ kind });
  }

  #enter(step: Step): void {
    const [first] = this.#stages;
    if (first === undefined) {
      this.#deliver(step);
      return;
    }
    first.take(step, this.#clock.now());
    this.#pump();
  }

  #pump(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#isClosed) return;
    const nowMs = this.#clock.now();
    const isDone = this.#move(nowMs);
    if (this.#stages.some((stage) => stage.isOver)) {
      this.#stages = this.#stages.filter((stage) => !stage.isOver);
    }
    this.#steerSource();
    if (isDone) this.#setTimer(nowMs);
    else this.wake();
  }

  /** Moves what is due from stage to stage; false when its turn is over before that is done. */
  #move(nowMs: number): boolean {
    for (let steps = 0; steps < STEPS_PER_TURN; steps += 1) {
      // From the end: what makes room there lets more follow.
      const index = this.#stages.findLastIndex((stage, at) => this.#canPass(stage, at, nowMs));
      const step = this.#stages[index]?.next(nowMs);
      if (step === undefined) return true;
      const following = this.#stages[index + 1];
      if (following === undefined) this.#deliver(step);
      else following.take(step, nowMs);
    }
    return false;
  }

  #canPass(stage: Stage, index: number, nowMs: number): boolean {
    return stage.dueMs !== undefined && stage.dueMs <= nowMs && !this.#isFullAt(index + 1);
  }

  #steerSource(): void {
    if (!this.#isOpen) return;
    if (this.#isFullAt(0)) this.#source.pause();
    else if (this.#source.isPaused()) this.#source.resume();
  }

  #isFullAt(index: number): boolean {
    const stage = this.#stages[index];
    return stage === undefined ? this.#sink.writable && this.#sink.writableNeedDrain : stage.isFull;
  }

  #deliver(step: Step): void {
    const sink = this.#sink;
    switch (step.kind) {
      case 'data':
        if (sink.writable) sink.write(step.data);
        break;
      case 'end':
        if (!sink.destroyed) sink.end();
        break;
      case 'reset':
        this.#events.resetSink();
        break;
      case 'cut':
        this.#events.onCut();
        break;
    }
  }

  /** A stage whose follower is full has no use for a timer: the drain or the follower's own timer wakes it. */
  #setTimer(nowMs: number): void {
    let earliestMs = Number.POSITIVE_INFINITY;
    for (const [index, stage] of this.#stages.entries()) {
      if (!this.#isFullAt(index + 1)) earliestMs = Math.min(earliestMs, stage.dueMs ?? earliestMs);
    }
    if (earliestMs === Number.POSITIVE_INFINITY) return;
    this.#cancelTimer = this.#clock.after(earliestMs - nowMs, () => this.wake());
  }
}

/** False when the sink is full; it says `drain` when there is room again. */
function passOn(chunk: Buffer, sink: Socket): boolean {
  const isBelowMark = sink.write(chunk);
  if (chunk.length < FREED_BYTES_MIN || sink.writableLength > 0) return isBelowMark;
  // The kernel has taken all of it. What a socket reads lies in memory of its own, and freed at once it is there for
  // the next read; left to the garbage collector, 64 KiB a read set off so many collections that they cost more than
  // the carrying (`npm run bench:proxy`: 1.7 against 0.8 µs per KiB).
  const { buffer } = chunk;
  if (buffer.byteLength === chunk.length && buffer instanceof ArrayBuffer) buffer.transfer(0);
  return true;
}
