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
  apply(forMs: number, signal: AbortSignal): Promise<void>;
  /** Takes away what this fault did, and only that. */
  revert(signal: AbortSignal): Promise<void>;
  /** Looks whether what this fault did is really gone. */
  verifyGone(signal: AbortSignal): Promise<boolean>;
  /** How often it was felt: connections or processes. 0: nothing was there to be broken. */
  hits(): Promise<number>;
}
