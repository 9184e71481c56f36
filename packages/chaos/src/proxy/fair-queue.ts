import type { Clock } from '@stormcart/core';

/** So long other connections, and the control API, may have to wait for one turn. A task takes some 50 µs. */
const TURN_MS = 4;

/**
 * Work on many connections at once, done in short turns: what removing a toxic from a thousand connections takes, nobody
 * else waits for. It holds at most three tasks for each open connection: a close, and a move in each direction.
 */
export class FairQueue {
  readonly #clock: Clock;
  #tasks: (() => void)[] = [];
  #isScheduled = false;
  #isRunning = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Does it in one of the next turns. */
  add(task: () => void): void {
    this.#tasks.push(task);
    this.#schedule();
  }

  /** Does what fits into one turn now, so that a few are done when this returns; the rest follows in order. */
  addAll(tasks: Iterable<() => void>): void {
    for (const task of tasks) this.#tasks.push(task);
    this.#runTurn();
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#tasks.length === 0) return;
    this.#isScheduled = true;
    // After an immediate the event loop looks for input before it runs the next one.
    setImmediate(() => {
      this.#isScheduled = false;
      this.#runTurn();
      this.#schedule();
    });
  }

  #runTurn(): void {
    // Asked for by a task: it has its place in the queue.
    if (this.#isRunning) return;
    this.#isRunning = true;
    const endMs = this.#clock.now() + TURN_MS;
    const tasks = this.#tasks;
    // What tasks add while they run waits for the next turn.
    this.#tasks = [];
    let done = 0;
    while (done < tasks.length && this.#clock.now() < endMs) {
      tasks[done]?.();
      done += 1;
    }
    this.#tasks = [...tasks.slice(done), ...this.#tasks];
    this.#isRunning = false;
  }
}
