import type { MeasuredRun } from '../run/measured-run.ts';

/** One run that a side is asked for. */
export interface SideRequest {
  /** Counts from 1. */
  readonly pair: number;
  /** The same for both sides of a pair, another one for each pair. */
  readonly seed: number;
  /** Not there yet; for what the run leaves. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** One of two things that are compared. */
export interface Side {
  /** For people: `policies.cache=none`, `main`, an address. */
  readonly about: string;
  /** Throws SIDE_FAILED; rejects with anything at all once the signal is aborted. */
  measure(request: SideRequest): Promise<MeasuredRun>;
}
