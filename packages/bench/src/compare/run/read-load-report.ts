import { z } from 'zod';
import { leavesOf } from '../../scenario/leaves.ts';
import type { MeasuredRun } from './measured-run.ts';

const count = z.number().int().min(0);
const ms = z.number().min(0);

/** What a comparison reads of what `stormcart load --json` printed. */
const loadReport = z.looseObject({
  format: z.literal('stormcart-load'),
  version: z.literal(1),
  /** What was asked for besides rate and length. Older reports do not say. */
  plan: z.looseObject({ seed: z.number() }).optional(),
  environment: z.record(z.string(), z.unknown()).optional(),
  ratePerSecond: z.number(),
  forMs: ms,
  ledger: z.looseObject({ planned: count, ok: count }),
  latency: z.looseObject({ p50Ms: ms, p90Ms: ms, p99Ms: ms, maxMs: ms }).optional(),
  availability: z.looseObject({ fraction: z.number().optional(), sliceMs: ms }),
  generator: z.looseObject({ isSaturated: z.boolean(), reasons: z.array(z.string()) }),
  shares: z.looseObject({ kind: z.string(), count, lost: z.array(z.string()) }).optional(),
});

/** The run that a load's report tells of. Throws a `ZodError` when it is none. */
export function readLoadReport(document: unknown, source: string): MeasuredRun {
  const report = loadReport.parse(document);
  const { ratePerSecond, forMs, ledger, latency, availability, generator, shares } = report;
  const { seed, ...plan } = report.plan ?? { seed: undefined };
  const { lost = [], ...madeBy } = shares ?? {};
  const load = { ratePerSecond, forMs, sliceMs: availability.sliceMs, ...plan, ...madeBy };
  return {
    source,
    setting: leavesOf({ load, ...(report.environment && { environment: report.environment }) }),
    ...(seed === undefined ? {} : { seed }),
    figures: {
      measuredMs: forMs,
      plannedCount: ledger.planned,
      okCount: ledger.ok,
      ...(latency === undefined
        ? {}
        : {
            latencyMs: {
              p50: latency.p50Ms,
              p90: latency.p90Ms,
              p99: latency.p99Ms,
              max: latency.maxMs,
            },
          }),
      ...(availability.fraction === undefined
        ? {}
        : { availability: { fraction: availability.fraction, sliceMs: availability.sliceMs } }),
      recoveries: [],
    },
    violated: [],
    ...(generator.isSaturated
      ? { spoiledBy: `its load generator was saturated: ${generator.reasons.join('; ')}` }
      : {}),
    ...(lost.length === 0 ? {} : { spoiledBy: `parts of its load are missing: ${lost.join('; ')}` }),
  };
}
