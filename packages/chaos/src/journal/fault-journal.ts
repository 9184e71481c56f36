import type { UndoStep } from '../undo/undo.ts';

/** Where a session writes down how to undo what its faults are about to do. */
export interface FaultJournal {
  /**
   * Resolves with the entry's number once it is written; nothing may be broken before that. Rejects with a `ChaosError`
   * when it cannot be written, or when nobody would read it.
   */
  open(entry: NewEntry): Promise<number>;
  /** What the entry announced is gone, and was looked for. */
  done(entry: number): Promise<void>;
  /** Calls back when the watchdog has undone something that this process had not ended. */
  onTakenOver(listener: (news: TakenOver) => void): void;
}

export interface NewEntry {
  /** The fault's id. */
  readonly fault: string;
  readonly step: UndoStep;
  /** The end of its lease on the machine's monotonic clock. */
  readonly untilMs: number;
}

export interface TakenOver {
  /** The fault's id. */
  readonly fault: string;
  /** For people. */
  readonly reason: string;
}
