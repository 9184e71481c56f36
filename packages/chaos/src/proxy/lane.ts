import type { Socket } from 'node:net';
import type { Clock } from '@stormcart/core';
import type { ActiveToxic } from './active-toxic.ts';
import type { Stage, Step } from './stage.ts';

/**
 * One direction of a connection: reads `source`, passes what it reads through the stages, writes `sink`.
 * It stops reading when the first stage (or, without one, the sink) is full, so that what it holds is
 * bounded and a slow reader slows the sender down as it would without a proxy.
 */
export class Lane {
  readonly #source: Socket;
  readonly #sink: Socket;
  readonly #clock: Clock;
  #stages: Stage[] = [];
  #isOpen = false;
  #hasEnded = false;
  #cancelTimer: () => void = () => undefined;

  constructor(source: Socket, sink: Socket, clock: Clock) {
    this.#source = source;
    this.#sink = sink;
    this.#clock = clock;
  }

  /** Begins to read. Both sockets are connected. */
  open(): void {
    const source = this.#source;
    const sink = this.#sink;
    this.#isOpen = true;
    source.on('data', (chunk: Buffer) => {
      if (this.#stages.length > 0) this.#enter({ kind: 'data', data: chunk });
      else if (sink.writable && !sink.write(chunk)) source.pause();
    });
    source.once('end', () => this.#finish('end'));
    source.once('close', () => this.#finish('reset'));
    sink.on('drain', () => this.#pump());
    // Nobody reads it any more: keep the source flowing, so that its end is seen.
    sink.once('close', () => this.#pump());
    source.resume();
  }

  add(stage: Stage): void {
    this.#stages.push(stage);
  }

  find(toxic: ActiveToxic): Stage | undefined {
    return this.#stages.find((stage) => stage.toxic === toxic);
  }

  release(stage: Stage): void {
    stage.release();
    this.#pump();
  }

  /** Forgets what is held. */
  close(): void {
    this.#hasEnded = true;
    this.#cancelTimer();
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
    this.#cancelTimer();
    const nowMs = this.#clock.now();
    // A step that one stage lets go may be due in the next at once, and room there lets more follow.
    let hasMoved: boolean;
    do {
      hasMoved = this.#stages.some((stage, index) => this.#passOn(stage, index, nowMs));
    } while (hasMoved);
    if (this.#stages.some((stage) => stage.isOver)) {
      this.#stages = this.#stages.filter((stage) => !stage.isOver);
    }
    this.#steerSource();
    this.#setTimer(nowMs);
  }

  #steerSource(): void {
    if (!this.#isOpen) return;
    if (this.#isFullAt(0)) this.#source.pause();
    else if (this.#source.isPaused()) this.#source.resume();
  }

  /** Moves what is due out of a stage; whether anything moved. */
  #passOn(stage: Stage, index: number, nowMs: number): boolean {
    let hasMoved = false;
    while (!this.#isFullAt(index + 1)) {
      const step = stage.next(nowMs);
      if (step === undefined) break;
      hasMoved = true;
      const following = this.#stages[index + 1];
      if (following === undefined) this.#deliver(step);
      else following.take(step, nowMs);
    }
    return hasMoved;
  }

  #isFullAt(index: number): boolean {
    const stage = this.#stages[index];
    return stage === undefined ? this.#sink.writable && this.#sink.writableNeedDrain : stage.isFull;
  }

  #deliver(step: Step): void {
    const sink = this.#sink;
    if (sink.destroyed) return;
    switch (step.kind) {
      case 'data':
        if (sink.writable) sink.write(step.data);
        break;
      case 'end':
        sink.end();
        break;
      case 'reset':
        sink.resetAndDestroy();
        break;
    }
  }

  /** A stage whose follower is full has no use for a timer: the drain or the follower's own timer wakes it. */
  #setTimer(nowMs: number): void {
    let earliestMs = Number.POSITIVE_INFINITY;
    for (const [index, stage] of this.#stages.entries()) {
      if (!this.#isFullAt(index + 1)) earliestMs = Math.min(earliestMs, stage.dueMs ?? earliestMs);
    }
    this.#cancelTimer =
      earliestMs === Number.POSITIVE_INFINITY
        ? () => undefined
        : this.#clock.after(earliestMs - nowMs, () => this.#pump());
  }
}
