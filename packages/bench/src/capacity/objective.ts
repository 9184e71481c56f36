import { AppError } from '@stormcart/core';
import type { Gate } from '../judge/gate.ts';
import { parseGate, type Vocabulary } from '../judge/parse-gate.ts';

/** What people who say nothing mean: hardly anybody fails, and hardly anybody waits noticeably. */
export const USUAL_OBJECTIVE = ['success >= 99.9%', 'p99 < 250ms'];

/** Reads each as a gate; throws a usage error that tells every mistake. */
export function readObjective(texts: readonly string[], vocabulary: Vocabulary): readonly Gate[] {
  const problems: string[] = [];
  const gates = texts.flatMap((text, index) => {
    const parsed = parseGate(text, index + 1, vocabulary);
    if (parsed.kind === 'ok') return [parsed.gate];
    for (const { message, accepted } of parsed.problems) {
      const choice = accepted === undefined ? '' : `; accepted: ${accepted.join(', ')}`;
      problems.push(`${text}: ${message}${choice}`);
    }
    return [];
  });
  if (problems.length === 0) return gates;
  throw new AppError({
    kind: 'usage',
    code: 'BAD_OBJECTIVE',
    message: problems.join('\n'),
    hint: 'An objective is written like a gate of a scenario: --objective "p99 < 250ms" (docs/scenario.md).',
  });
}
