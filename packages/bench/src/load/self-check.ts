/** How well the generator did its own part. Milliseconds unless the name says otherwise. */
export interface GeneratorFigures {
  /** Actual send of an arrival's first request minus its intended start; undefined when none was sent. */
  readonly slipMsP50: number | undefined;
  readonly slipMsP99: number | undefined;
  readonly slipMsMax: number | undefined;
  /** How much later than asked the event loop came round. */
  readonly loopLagMsP99: number;
  readonly loopLagMsMax: number;
  /** Share of the time in which the event loop was busy, 0 to 1. */
  readonly loopBusyShare: number;
  /** Those launched, or dropped because too much was under way: that is the system's doing. */
  readonly arrivals: number;
  /** Connections that the generator's own machine did not let it open: no file descriptor, port or memory left. */
  readonly unopenedCount?: number;
  /** From the first intended start to the last; undefined with fewer than two arrivals. */
  readonly plannedPerSecond: number | undefined;
  /** From the first intended start to the last launch. */
  readonly achievedPerSecond: number | undefined;
}

export interface GeneratorLimits {
  readonly slipMsP99Max: number;
  readonly loopLagMsP99Max: number;
  /** Achieved against planned arrivals per second. */
  readonly rateShareMin: number;
}

export interface SelfCheck {
  readonly isSaturated: boolean;
  /** One sentence per broken limit, with both figures; empty when fit. */
  readonly reasons: readonly string[];
  readonly figures: GeneratorFigures;
}

/**
 * All limits allow a laptop's single hiccup and refuse a generator that is late as a rule:
 * - Slip is part of every gated latency, so its p99 must stay well under what gates and slices can
 *   tell apart: 50 ms is a quarter of the usual 200 ms slice and a fifth of a usual 250 ms gate. As a
 *   p99 it forgives stalls that add up to 1 % of the arrivals, half a second in a 50 s drill.
 * - Event-loop lag delays the reading of answers, which slip does not show; it is noise of the same
 *   kind and size.
 * - 2 % fewer arrivals per second than planned means that the generator never caught up: a one-second
 *   stall in the last moments of a 50 s drill is just allowed. In a run of a second or two, 2 % is a
 *   few ms, so lateness below the slip limit never counts.
 */
export const usualGeneratorLimits: GeneratorLimits = {
  slipMsP99Max: 50,
  loopLagMsP99Max: 50,
  rateShareMin: 0.98,
};

/** A latency gate finer than 200 ms asks for a finer generator: its slip may be a quarter of the gate. */
export function generatorLimitsFor(latencyGateMsMin: number | undefined): GeneratorLimits {
  if (latencyGateMsMin === undefined) return usualGeneratorLimits;
  // Below 5 ms Node's own timers (1 ms) and one garbage collection would decide.
  const finestMs = Math.max(5, Math.min(usualGeneratorLimits.slipMsP99Max, latencyGateMsMin / 4));
  return { ...usualGeneratorLimits, slipMsP99Max: finestMs, loopLagMsP99Max: Math.max(finestMs, 20) };
}

/** Whether the generator itself spoiled the figures; a saturated one makes a verdict inconclusive. */
export function checkGenerator(
  figures: GeneratorFigures,
  limits: GeneratorLimits = usualGeneratorLimits,
): SelfCheck {
  const reasons: string[] = [];
  const { slipMsP99, loopLagMsP99 } = figures;
  if (slipMsP99 !== undefined && slipMsP99 > limits.slipMsP99Max) {
    reasons.push(
      `1 % of the arrivals were sent ${slipMsP99.toFixed(1)} ms late or more; ${limits.slipMsP99Max} ms is allowed`,
    );
  }
  if (loopLagMsP99 > limits.loopLagMsP99Max) {
    reasons.push(
      `the event loop lagged ${loopLagMsP99.toFixed(1)} ms at p99; ${limits.loopLagMsP99Max} ms is allowed`,
    );
  }
  const { arrivals, plannedPerSecond, achievedPerSecond, unopenedCount = 0 } = figures;
  // Each stands for a request that the system never saw: none is forgiven.
  if (unopenedCount > 0) {
    reasons.push(
      `${unopenedCount} connections could not be opened: the generator's machine had no file descriptor, port or memory left for them`,
    );
  }
  if (plannedPerSecond !== undefined && achievedPerSecond !== undefined) {
    const lateMs = (arrivals / achievedPerSecond - arrivals / plannedPerSecond) * 1_000;
    if (achievedPerSecond < plannedPerSecond * limits.rateShareMin && lateMs > limits.slipMsP99Max) {
      reasons.push(
        `${achievedPerSecond.toFixed(1)} arrivals/s were achieved of ${plannedPerSecond.toFixed(1)}/s planned; ${limits.rateShareMin * 100} % is needed`,
      );
    }
  }
  return { isSaturated: reasons.length > 0, reasons, figures };
}
