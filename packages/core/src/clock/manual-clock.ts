import type { Clock } from './clock.ts';

interface Alarm {
  readonly atMs: number;
  readonly order: number;
  readonly ring: () => void;
}

/** A clock that stands still until told otherwise: for tests. */
export class ManualClock implements Clock {
  #nowMs: number;
  #order = 0;
  readonly #wallStartMs: number;
  #alarms: Alarm[] = [];

  constructor(startMs = 0, wallStartMs = 1_700_000_000_000) {
    this.#nowMs = startMs;
    this.#wallStartMs = wallStartMs - startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#wallStartMs + this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason);
        return;
      }
      const cancel = this.after(ms, resolve);
      signal?.addEventListener(
        'abort',
        () => {
          cancel();
          reject(signal.reason);
        },
        { once: true },
      );
    });
  }

  after(ms: number, callback: () => void): () => void {
    const alarm: Alarm = { atMs: this.#nowMs + Math.max(ms, 0), order: this.#order++, ring: callback };
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
    };
  }

  /** How many sleeps and timers are waiting. */
  get waiting(): number {
    return this.#alarms.length;
  }

  /** Moves time on, ringing every alarm that falls due in order, and lets promises settle between them. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settle();
    for (let next = this.#earliest(untilMs); next !== undefined; next = this.#earliest(untilMs)) {
      this.#alarms = this.#alarms.filter((other) => other !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.ring();
      await settle();
    }
    this.#nowMs = untilMs;
  }

  #earliest(untilMs: number): Alarm | undefined {
    return this.#alarms
      .filter((alarm) => alarm.atMs <= untilMs)
      .toSorted((left, right) => left.atMs - right.atMs || left.order - right.order)[0];
  }
}

/** One turn of the real event loop: every promise chain that is ready has run by then. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
