import { z } from 'zod';
import { type Leaves, leavesOf } from '../../scenario/leaves.ts';
import type { MeasuredRun } from './measured-run.ts';
import type { RunFigures, RunRecovery } from './run-figures.ts';

const count = z.number().int().min(0);
const ms = z.number().min(0);
const plainMap = z.record(z.string(), z.unknown());

const cell = z.looseObject({
  planned: count,
  outcomes: z.looseObject({ ok: count }),
});

/** What a comparison reads of `report.json`. Everything else in it may change without a word here. */
const drillReport = z.looseObject({
  format: z.literal('stormcart-report'),
  // Another version means other figures by the same names.
  version: z.literal(1),
  startedAt: z.string(),
  verdict: z.string(),
  scenario: z.looseObject({
    name: z.string(),
    seed: z.number(),
    content: z.record(z.string(), z.string()).optional(),
  }),
  load: z.looseObject({
    measuredMs: ms,
    ledger: z.looseObject({ planned: count }),
    latency: z.looseObject({ p50Ms: ms, p90Ms: ms, p99Ms: ms, maxMs: ms }).optional(),
  }),
  routes: z.array(cell),
  availability: z.looseObject({ fraction: z.number().optional(), sliceMs: ms, slicesStartMs: ms }),
  faults: z.array(
    z.looseObject({
      id: z.string(),
      revertedMs: ms.optional(),
      recoveryFromStartMs: ms.optional(),
      recoveryFromEndMs: ms.optional(),
    }),
  ),
  audit: z.looseObject({
    invariants: z.array(z.looseObject({ name: z.string(), answer: z.string() })),
  }),
  generator: z.looseObject({
    isSaturated: z.boolean(),
    reasons: z.array(z.string()),
    figures: z.looseObject({ slipMsP99: ms.optional() }).optional(),
  }),
  agents: z.looseObject({ parts: z.array(z.unknown()), lost: z.array(z.string()) }).optional(),
  environment: plainMap,
  cpu: z.looseObject({ systemMs: ms }).optional(),
});

type DrillReport = z.output<typeof drillReport>;

/** The run that a drill's report tells of. Throws a `ZodError` when it is none. */
export function readDrillReport(document: unknown, source: string): MeasuredRun {
  const report = drillReport.parse(document);
  const spoiledBy = spoiltReason(report);
  return {
    source,
    startedAt: report.startedAt,
    setting: settingOf(report),
    seed: report.scenario.seed,
    figures: figuresOf(report),
    verdict: report.verdict,
    violated: report.audit.invariants.filter(({ answer }) => answer === 'violated').map(({ name }) => name),
    ...(spoiledBy === undefined ? {} : { spoiledBy }),
  };
}

/** What the scenario asked for, as far as it shapes what is measured: gates and sentences may differ. */
function settingOf({ scenario, environment, agents }: DrillReport): Leaves {
  const { file: _file, about: _about, hypothesis: _hypothesis, seed: _seed, content, ...shape } = scenario;
  // Who makes the load is a part of how it is measured: other machines, and a network between.
  const agentCount = agents === undefined ? undefined : agents.parts.length + agents.lost.length;
  return { ...leavesOf({ environment, agents: agentCount, ...shape }), ...content };
}

function spoiltReason({ verdict, generator, agents }: DrillReport): string | undefined {
  if (verdict === 'interrupted') return 'it was interrupted';
  if (agents !== undefined && agents.lost.length > 0)
    return `a part of its load was lost: ${agents.lost.join('; ')}`;
  if (!generator.isSaturated) return undefined;
  return `its load generator was saturated: ${generator.reasons.join('; ')}`;
}

function figuresOf(report: DrillReport): RunFigures {
  const { load, availability, routes, cpu, generator } = report;
  const slipMsP99 = generator.figures?.slipMsP99;
  const plannedCount = routes.reduce((sum, { planned }) => sum + planned, 0);
  return {
    measuredMs: load.measuredMs,
    plannedCount,
    okCount: routes.reduce((sum, { outcomes }) => sum + outcomes.ok, 0),
    ...(load.latency === undefined
      ? {}
      : {
          latencyMs: {
            p50: load.latency.p50Ms,
            p90: load.latency.p90Ms,
            p99: load.latency.p99Ms,
            max: load.latency.maxMs,
          },
        }),
    ...(availability.fraction === undefined
      ? {}
      : { availability: { fraction: availability.fraction, sliceMs: availability.sliceMs } }),
    recoveries: report.faults.flatMap((fault) => recoveryOf(fault, report)),
    ...(slipMsP99 === undefined ? {} : { slipMsP99 }),
    // Both with their warm-up.
    ...(cpu === undefined || load.ledger.planned === 0
      ? {}
      : { cpuMsPerRequest: cpu.systemMs / load.ledger.planned }),
  };
}

/** A fault that never came on has no recovery. One that was never recovered from took at least what was left of the load. */
function recoveryOf(
  { id, revertedMs, recoveryFromEndMs }: DrillReport['faults'][number],
  { load, availability }: DrillReport,
): readonly RunRecovery[] {
  if (revertedMs === undefined) return [];
  if (recoveryFromEndMs !== undefined) return [{ fault: id, toMs: recoveryFromEndMs, hasRecovered: true }];
  const endMs = availability.slicesStartMs + load.measuredMs;
  return [{ fault: id, toMs: Math.max(0, endMs - revertedMs), hasRecovered: false }];
}
