import { planLooks } from '../../src/compare/ab/looks.ts';
import { comparePairs, type PairsOptions, runPairs } from '../../src/compare/ab/run-pairs.ts';
import { judgedMetrics } from '../../src/compare/metric/judged-metrics.ts';
import type { ComparisonVerdict } from '../../src/compare/verdict.ts';
import { createSimulatedMachine, type MachineKind } from '../../test/fixture/simulated-machine.ts';

export interface SimulationOptions {
  readonly kind: MachineKind;
  /** How much longer b's requests take: 1.1 for a slowdown by a tenth. */
  readonly slowness: number;
  readonly comparisons: number;
  readonly requestCount: number;
  readonly pairsMax: number;
  readonly resamples: number;
  readonly metrics: readonly string[];
}

export interface SimulationResult {
  readonly verdicts: Readonly<Record<ComparisonVerdict, number>>;
  /** Comparisons in which some interval, at the last look, missed the truth. */
  readonly missedCount: number;
  readonly pairsMean: number;
}

/** Whole A/B comparisons, with looks, order and judging as they are, on machines that exist on paper only. */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const { kind, slowness, comparisons, requestCount, pairsMax, resamples, metrics } = options;
  const verdicts = { better: 0, same: 0, worse: 0, inconclusive: 0 };
  let missedCount = 0;
  let pairCount = 0;
  for (let index = 0; index < comparisons; index += 1) {
    const machine = createSimulatedMachine(kind, `${kind.name}/${slowness}/${index}`, requestCount);
    const asked: PairsOptions = {
      sides: { a: machine.side('a', 1), b: machine.side('b', slowness) },
      looks: planLooks({ pairsMin: 6, pairsMax, confidence: 0.95 }),
      confidence: 0.95,
      metrics: judgedMetrics(metrics, []),
      seed: 1_000 * index,
      folder: '',
      signal: new AbortController().signal,
      resamples,
      onEvent: () => undefined,
    };
    const outcome = await runPairs(asked);
    const comparison = comparePairs(outcome, asked);
    verdicts[comparison.verdict] += 1;
    pairCount += outcome.pairs.length;
    const isMissed = comparison.metrics.some(({ scale, change }) => {
      const truth = scale === 'ratio' ? slowness - 1 : 0;
      return change !== undefined && (change.low > truth || change.high < truth);
    });
    if (isMissed) missedCount += 1;
  }
  return { verdicts, missedCount, pairsMean: pairCount / comparisons };
}
