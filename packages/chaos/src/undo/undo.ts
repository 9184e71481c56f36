import type { z } from 'zod';
import type { ProcessRef } from './process-ref.ts';

/** How to undo one thing that a fault did, as plain JSON: `{kind: 'continue-process', pid: 17, identity: '…'}`. */
export interface UndoStep {
  /** Its row in the undo table. */
  readonly kind: string;
  /**
   * The process that the change lives in, where it is known: a setting of a running store, a toxic of a proxy. Once
   * that life of it is over there is nothing left to undo, whoever listens on its port by then.
   */
  readonly process?: ProcessRef;
  readonly [detail: string]: unknown;
}

/**
 * One way of undoing, for processes that have nothing but the journal: the watchdog when the controller is dead,
 * a later start when both are. Steps may be carried out more than once, and after what they concern has gone.
 */
export interface Undo<Details extends object> {
  /** What a step of this kind must have besides `kind` and `process`; a journal may be damaged. */
  readonly details: z.ZodType<Details>;
  /** For people, without secrets: `let process 17 go on`. */
  about(details: Details): string;
  /** Does nothing where there is nothing left to undo. Rejects when it cannot be done. */
  revert(details: Details, signal: AbortSignal): Promise<void>;
  /** Looks whether what it undoes is really gone. True when the thing it was done to is gone itself. */
  isGone(details: Details, signal: AbortSignal): Promise<boolean>;
}
