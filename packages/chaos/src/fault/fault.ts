import type { UndoStep } from '../undo/undo.ts';
import type { FaultOperation } from './fault-operation.ts';

/**
 * Something broken on purpose. `apply`, `revert` and `verifyGone` may be called again after a failure;
 * `revert` of a fault that was never applied, or only half, does nothing or the other half.
 */
export interface Fault {
  /** As the scenario names it: `hole`. */
  readonly id: string;
  /** For people: `timeout on catalog->redis`. */
  readonly about: string;
  /**
   * Breaks it. Where that is possible the broken thing itself knows `forMs` and heals even if nobody is
   * left to call `revert`. Rejects with a `ChaosError`; parts may have been applied by then.
   */
  apply(lease: Lease): Promise<void>;
  /** Takes away what this fault did, and only that. */
  revert(signal: AbortSignal): Promise<void>;
  /** Looks whether what this fault did is really gone. */
  verifyGone(signal: AbortSignal): Promise<boolean>;
  /** How often it was felt: connections, processes, requests. 0: nothing was there to be broken. */
  hits(): Promise<number>;
  /** What it has done to the system's data; absent for faults that leave nothing behind. */
  operations?(): readonly FaultOperation[];
}

/** What a fault is applied under. */
export interface Lease {
  /** When its time is over, in milliseconds from now. */
  readonly forMs: number;
  readonly signal: AbortSignal;
  /**
   * Writes down how to undo what is about to be done, so that a process that knows nothing else can do it.
   * Resolves once it is written; nothing may be broken before that.
   */
  readonly journal: (step: UndoStep) => Promise<void>;
}
