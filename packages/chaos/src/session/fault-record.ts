/** What became of one fault. Times are the session clock's monotonic milliseconds. */
export interface FaultRecord {
  readonly id: string;
  readonly plannedForMs: number;
  /** When applying began; undefined: it was never tried. */
  readonly appliedMs: number | undefined;
  /** When reverting had finished; undefined: not yet, or it failed. */
  readonly revertedMs: number | undefined;
  /** How often it was felt, told when it is over. */
  readonly hits: number;
  /** It was looked for after the revert and was gone. */
  readonly isVerified: boolean;
  /** What went wrong first. */
  readonly problem?: string;
}

export interface FaultEvent {
  readonly kind: 'applied' | 'reverted' | 'verified' | 'failed';
  readonly id: string;
  readonly atMs: number;
  /** For `failed`: what. */
  readonly problem?: string;
}

/** A fault that may still be there. */
export interface UnrevertedFault {
  readonly id: string;
  readonly about: string;
  readonly problem: string;
}
