import { type Clock, messageOf, pollUntil } from '@stormcart/core';
import type { Fault } from '../fault/fault.ts';
import type { FaultJournal } from '../journal/fault-journal.ts';
import type { UndoStep } from '../undo/undo.ts';
import { bounded } from './bounded.ts';
import type { FaultEvent, FaultRecord } from './fault-record.ts';

/** How long each step of one fault may take, in milliseconds. */
export interface FaultLimits {
  readonly applyMs: number;
  readonly revertMs: number;
  readonly verifyMs: number;
}

export interface InjectionOptions {
  readonly fault: Fault;
  readonly forMs: number;
  readonly clock: Clock;
  readonly limits: FaultLimits;
  readonly announce: (event: FaultEvent) => void;
  /** Undefined: nobody undoes what this process does not live to revert. */
  readonly journal: FaultJournal | undefined;
}

const VERIFY_EVERY_MS = 50;

/** One fault on its way from being applied to being gone. No method rejects: what goes wrong is recorded. */
export class Injection {
  readonly fault: Fault;
  readonly #options: InjectionOptions;
  /** Aborted: applying stops and the lease is over. */
  readonly #lease = new AbortController();
  #record: FaultRecord;
  #healed: Promise<void> | undefined;
  /** Those of the journal that are not done. */
  readonly #entries = new Set<number>();
  #isTakenOver = false;

  constructor(options: InjectionOptions) {
    this.fault = options.fault;
    this.#options = options;
    this.#record = {
      id: options.fault.id,
      plannedForMs: options.forMs,
      appliedMs: undefined,
      revertedMs: undefined,
      hits: 0,
      isVerified: false,
    };
  }

  get record(): FaultRecord {
    return this.#record;
  }

  /** Applies it and waits until its time is over, or until `cut`. */
  async live(): Promise<void> {
    const { clock, forMs, limits } = this.#options;
    const startMs = clock.now();
    this.#note({ appliedMs: startMs });
    try {
      await bounded(clock, limits.applyMs, 'applying it', (signal) =>
        this.fault.apply({
          forMs,
          signal: AbortSignal.any([signal, this.#lease.signal]),
          journal: (step) => this.#write(step, startMs + forMs),
        }),
      );
      this.#announce('applied');
    } catch (error) {
      this.fail(`not applied: ${messageOf(error)}`);
      return;
    }
    // A cut is the only way in which this sleep rejects.
    await clock.sleep(startMs + forMs - clock.now(), this.#lease.signal).catch(() => undefined);
  }

  /** Ends its time now. */
  cut(): void {
    this.#lease.abort(new Error('the faults are being rolled back'));
  }

  /** Reverts it once, whoever asks first, and after `turn`; resolves when it is verified or given up. */
  heal(turn: Promise<void> = Promise.resolve()): Promise<void> {
    this.#healed ??= turn.then(() => this.#heal());
    return this.#healed;
  }

  fail(problem: string): void {
    if (this.#record.problem === undefined) this.#note({ problem });
    this.#announce('failed', problem);
  }

  /** The watchdog has ended it, or tried to: what was measured from then on is not what the scenario asked for. */
  takeOver(reason: string): void {
    if (this.#isTakenOver) return;
    this.#isTakenOver = true;
    this.fail(reason);
  }

  async #write(step: UndoStep, untilMs: number): Promise<void> {
    const { journal } = this.#options;
    if (this.#isOver()) throw tooLate();
    const entry = await journal?.open({ fault: this.fault.id, step, untilMs });
    if (entry === undefined) return;
    if (!this.#isOver()) {
      this.#entries.add(entry);
      return;
    }
    await journal?.done(entry);
    throw tooLate();
  }

  /** An apply that was given up may still be on its way: what it has not begun it must not begin any more. */
  #isOver(): boolean {
    return this.#healed !== undefined;
  }

  async #settleEntries(): Promise<void> {
    for (const entry of this.#entries) {
      await this.#options.journal?.done(entry);
      this.#entries.delete(entry);
    }
  }

  async #heal(): Promise<void> {
    const { clock, limits } = this.#options;
    try {
      await bounded(clock, limits.revertMs, 'reverting it', (signal) => this.fault.revert(signal));
      this.#note({ revertedMs: clock.now() });
      this.#announce('reverted');
      await bounded(clock, limits.verifyMs, 'its going away', (signal) =>
        pollUntil(() => this.#isGone(signal), { everyMs: VERIFY_EVERY_MS, signal, clock }),
      );
      this.#note({ isVerified: true });
      this.#announce('verified');
      // What cannot be noted stays open: the watchdog looks at it once more, which does no harm.
      await this.#settleEntries().catch(() => undefined);
    } catch (error) {
      const what = this.#record.revertedMs === undefined ? 'not reverted' : 'not gone';
      this.fail(`${what}: ${messageOf(error)}`);
    }
    try {
      const hits = await bounded(clock, limits.verifyMs, 'counting its hits', () => this.fault.hits());
      this.#note({ hits });
    } catch (error) {
      this.fail(`hits unknown: ${messageOf(error)}`);
    }
  }

  /** What was cut off while it was being applied may still arrive after the revert: then revert again. */
  async #isGone(signal: AbortSignal): Promise<boolean> {
    if (await this.fault.verifyGone(signal)) return true;
    await this.fault.revert(signal);
    return false;
  }

  #note(change: Partial<FaultRecord>): void {
    this.#record = { ...this.#record, ...change };
  }

  #announce(kind: FaultEvent['kind'], problem?: string): void {
    const { announce, clock } = this.#options;
    announce({ kind, id: this.fault.id, atMs: clock.now(), ...(problem === undefined ? {} : { problem }) });
  }
}

function tooLate(): Error {
  return new Error('the fault is over already');
}
