import { type Quantiles, quantileNames, quantilesOf, type Truth } from './behaviour.ts';
import type { Finding } from './clients.ts';

/** What a figure may be off by: the larger of the two. */
const OFF_SHARE = 0.02;
const OFF_MS = 2;

/** What is wrong with ours. It may be off by what the server, by its own clock, was late. */
export function judge(
  { count, successShare, latencyMs, own }: Finding,
  truth: Truth,
  served: Quantiles,
): readonly string[] {
  const problems: string[] = [];
  if (count !== truth.count) problems.push(`${count} requests, not ${truth.count}`);
  if (Math.abs(successShare - truth.successShare) > 1e-9) {
    problems.push(`success ${successShare}, not ${truth.successShare}`);
  }
  if (truth.latenciesMs === undefined) return problems;
  const right = quantilesOf(truth.latenciesMs);
  for (const name of quantileNames) {
    const expected = right[name] ?? Number.NaN;
    const found = latencyMs[name] ?? Number.NaN;
    const serverLateMs = Math.max(0, (served[name] ?? expected) - expected);
    const allowedMs = Math.max(OFF_MS, expected * OFF_SHARE) + serverLateMs + (own?.lateMs ?? 0);
    if (!(Math.abs(found - expected) <= allowedMs)) {
      problems.push(
        `${name} ${found.toFixed(1)} ms, not ${expected.toFixed(1)} ± ${allowedMs.toFixed(1)} ms (server late ${serverLateMs.toFixed(1)}, driver ${own?.lateMs.toFixed(1)})`,
      );
    }
  }
  return problems;
}
