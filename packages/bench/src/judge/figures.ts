import type { RequestOutcome } from '@stormcart/core';

/** Which requests a figure is about; an absent key means all of them. */
export interface FigureFilter {
  readonly route?: string;
  readonly journey?: string;
  /**
   * `warmup`, `baseline` (measured time before the first fault), `recovery` (after a fault's end and
   * outside every other fault), or the id of a fault: while it was on. Absent: everything but the warm-up.
   */
  readonly during?: string;
  readonly outcome?: RequestOutcome;
}

/** What can be told of the requests of any stretch of time. */
export type RequestFigures = Pick<Figures, 'latencyMs' | 'count' | 'measuredMs'>;

/** A stretch of measured time, its end excluded, and what happened in it. Ms since the load's start. */
export interface WindowFigures {
  readonly startMs: number;
  readonly endMs: number;
  readonly figures: RequestFigures;
}

/** What a drill measured, as far as gates can ask. Undefined always means: there is nothing to tell from. */
export interface Figures {
  /** From the intended start, in ms; a quantile is a fraction such as 0.999. Timeouts count with their elapsed time. */
  latencyMs(quantile: number | 'max' | 'mean', filter: FigureFilter): number | undefined;
  /** How many requests ended this way; `planned` is the sum over all outcomes. */
  count(outcome: RequestOutcome | 'planned', filter: FigureFilter): number;
  /** 1 − downtime / measured time. */
  availability(): number | undefined;
  /** 0 when no slice was down. */
  longestOutageMs(): number | undefined;
  /**
   * How long it took from the fault's start, and from its end, to the first of three good slices in a
   * row; 0 when it was never down. A missing member means: not before the measured time was over.
   */
  recoveryMs(faultId: string): RecoveryTimes | undefined;
  /** How much measured time the filter's `during` covers. */
  measuredMs(filter: FigureFilter): number;
  /**
   * All windows of this length; empty when measured time was shorter. Undefined when they were not kept: no gate had
   * asked for windows, or there were too many requests.
   */
  windows(windowMs: number): readonly WindowFigures[] | undefined;
  /** Summed over all processes; undefined when none has reported this breaker. */
  breaker(name: string): BreakerFigures | undefined;
}

interface RecoveryTimes {
  readonly fromStartMs?: number | undefined;
  readonly fromEndMs?: number | undefined;
}

export interface BreakerFigures {
  /** How often it opened. */
  readonly openedCount: number;
  /** Calls that it refused without trying them. */
  readonly refusedCount: number;
}
