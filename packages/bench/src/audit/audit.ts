import {
  type Invariant,
  type InvariantAnswer,
  type InvariantResult,
  messageOf,
  type Operation,
} from '@stormcart/core';

/** From best to worst. */
const SEVERITY: Readonly<Record<InvariantAnswer, number>> = { holds: 0, unknown: 1, violated: 2 };

/**
 * Judges every invariant. One that throws answers `unknown`: a bug in a check must neither pass a
 * drill nor hide what the other checks found.
 */
export function audit(
  invariants: readonly Invariant[],
  history: readonly Operation[],
  snapshot: unknown,
): readonly InvariantResult[] {
  return invariants.map((invariant) => {
    try {
      return invariant.check(history, snapshot);
    } catch (error) {
      return unknownResult(invariant, `the check itself failed: ${messageOf(error)}`);
    }
  });
}

/** What every invariant answers when there is nothing to judge by. */
export function auditUnread(invariants: readonly Invariant[], reason: string): readonly InvariantResult[] {
  return invariants.map((invariant) => unknownResult(invariant, reason));
}

export function worstAnswer(results: readonly InvariantResult[]): InvariantAnswer {
  return results
    .map(({ answer }) => answer)
    .reduce<InvariantAnswer>(
      (worst, answer) => (SEVERITY[answer] > SEVERITY[worst] ? answer : worst),
      'holds',
    );
}

function unknownResult({ name }: Invariant, message: string): InvariantResult {
  return { name, answer: 'unknown', checkedCount: 0, findings: [{ message, evidence: {} }] };
}
