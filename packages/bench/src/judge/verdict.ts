import type { InvariantResult } from '@stormcart/core';
import type { GateResult } from './evaluate-gate.ts';

export interface Verdict {
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
  /** Why, the weightiest first; empty for a pass. */
  readonly reasons: readonly string[];
}

/** Everything that a verdict is made from. */
export interface Evidence {
  readonly gates: readonly GateResult[];
  /** The steady state, before the first fault and at the end. */
  readonly steadyState: readonly (GateResult & { readonly when: string })[];
  readonly invariants: readonly InvariantResult[];
  readonly faults: readonly {
    readonly id: string;
    readonly hitCount: number;
    /** Why it did not happen as planned, or may still be there. */
    readonly problem?: string;
  }[];
  /** What was still under way, or down, when the stores were read; empty when the system had come to rest. */
  readonly unsettled: readonly string[];
  /** What the generator says about itself. */
  readonly generator: { readonly isSaturated: boolean; readonly reasons: readonly string[] };
  /** Those whose part of the load is missing, one sentence each; absent where none is. */
  readonly lost?: readonly string[];
  /** Requests that were never sent because as many as may be were under way. */
  readonly droppedCount: number;
  /** Requests in measured time, whatever became of them. */
  readonly measuredCount: number;
  /** The drill stopped early because its `abort` condition held. */
  readonly aborted?: { readonly reason: string };
}

/**
 * One answer from all the evidence. What the system did wrong outweighs what could not be told, with
 * one exception: figures of a saturated generator are not believed either way, so a gate, a steady
 * state or an abort that they decided makes the drill inconclusive. Invariants are read from the
 * stores and do not depend on the generator: a violation is a fail in any case. Where a part of the load is missing
 * nothing is judged at all: what nobody told of might have decided it.
 */
export function decideVerdict(evidence: Evidence): Verdict {
  const { lost = [] } = evidence;
  if (lost.length > 0) return { verdict: 'inconclusive', reasons: lost };
  const violated = evidence.invariants
    .filter((result) => result.answer === 'violated')
    .map(describeInvariant);
  const missed = missedFigures(evidence);
  const untold = untoldThings(evidence);
  if (evidence.generator.isSaturated) {
    const why = evidence.generator.reasons.map((reason) => `the load generator was saturated: ${reason}`);
    const reasons = [...why, ...untold, ...missed];
    return violated.length > 0
      ? { verdict: 'fail', reasons: [...violated, ...reasons] }
      : { verdict: 'inconclusive', reasons };
  }
  if (violated.length + missed.length > 0) {
    return { verdict: 'fail', reasons: [...violated, ...missed, ...untold] };
  }
  return untold.length > 0 ? { verdict: 'inconclusive', reasons: untold } : { verdict: 'pass', reasons: [] };
}

function missedFigures({ aborted, gates, steadyState }: Evidence): readonly string[] {
  return [
    ...(aborted === undefined ? [] : [`the drill was aborted: ${aborted.reason}`]),
    ...gates.filter((gate) => gate.kind === 'fail').map((gate) => gate.reason),
    ...steadyState
      .filter((gate) => gate.kind === 'fail')
      .map((gate) => `steady state ${gate.when}: ${gate.reason}`),
  ];
}

function untoldThings(evidence: Evidence): readonly string[] {
  return [
    ...(evidence.measuredCount === 0 ? ['no request was measured'] : []),
    // They count as failed, so a gate may tell the system's part of it; but what it would have done with them nobody saw.
    ...(evidence.droppedCount === 0
      ? []
      : [
          `${evidence.droppedCount} requests were never sent: as many as load.maxInFlight allows were under way`,
        ]),
    ...evidence.faults.flatMap(({ id, hitCount, problem }) => [
      ...(hitCount === 0 ? [`the fault ${id} never hit anything`] : []),
      ...(problem === undefined ? [] : [`the fault ${id}: ${problem}`]),
    ]),
    ...evidence.unsettled.map((what) => `the system did not come to rest: ${what}`),
    ...evidence.gates.filter((gate) => gate.kind === 'unknown').map((gate) => gate.reason),
    ...evidence.steadyState
      .filter((gate) => gate.kind === 'unknown')
      .map((gate) => `steady state ${gate.when}: ${gate.reason}`),
    ...evidence.invariants.filter((result) => result.answer === 'unknown').map(describeInvariant),
  ];
}

function describeInvariant(result: InvariantResult): string {
  const [first, ...others] = result.findings;
  const state = result.answer === 'violated' ? 'is violated' : 'could not be told';
  const detail = first === undefined ? '' : `: ${first.message}`;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return `invariant ${result.name} ${state}${detail}${more}`;
}
