import { z } from 'zod';
import { availability, cell, generator, list, load, part, type quantiles, series } from './measured.ts';

const ms = z.number();
const count = z.number().int().nonnegative();

const scenario = part({
  name: z.string(),
  file: z.string().describe('the path it was read from'),
  about: z.string(),
  hypothesis: z.string(),
  seed: z.number(),
  scale: z.number().describe('what the times of load and faults were multiplied by'),
  topology: z.string(),
  services: z.record(z.string(), z.number()).readonly().describe('replicas by service'),
  policies: z.record(z.string(), z.string()).readonly(),
  algorithm: z.string().exactOptional(),
  content: z
    .record(z.string(), z.string())
    .readonly()
    .describe('what shapes what is measured (load, faults, slices) by path, such as load.stages[0].forMs'),
});

const fault = part({
  id: z.string(),
  what: z.string(),
  plannedAtMs: ms,
  plannedForMs: ms,
  appliedMs: ms.exactOptional(),
  revertedMs: ms.exactOptional(),
  hits: count,
  isVerified: z.boolean().describe('after it was reverted its absence was seen'),
  problem: z.string().exactOptional(),
  during: cell,
  recoveryFromStartMs: ms
    .exactOptional()
    .describe(
      'to the first of three good slices in a row; 0 when it was never down; absent when it stayed down',
    ),
  recoveryFromEndMs: ms.exactOptional(),
});

const byHand = part({
  actions: list(part({ atMs: ms, text: z.string() })).describe('what somebody did while the drill ran'),
  faults: list(z.string()).describe('ids of the faults that were injected by hand'),
  steering: list(part({ atMs: ms, factor: z.number().describe('of the planned rate; 0 is a pause') })),
});

const breaker = part({
  name: z.string(),
  openedCount: count,
  refusedCount: count.describe('calls that were refused without being tried'),
  wastedCount: count.describe('calls that were begun and whose result nobody waited for'),
  overflowCount: count.describe('calls that were not tried because too many were under way'),
  transitions: list(
    part({ atMs: ms, process: z.string(), state: z.enum(['closed', 'open', 'halfOpen']) }),
  ).describe('as seen every half second, the first 1,000; closed is how every life begins'),
});

const processEvent = part({
  atMs: ms.describe('negative while booting'),
  name: z.string(),
  state: z.enum(['starting', 'ready', 'down', 'stopped']),
  reason: z.string().exactOptional(),
});

const gate = part({
  text: z.string().describe('as it is written in the scenario'),
  line: z.number().describe('of the scenario file, counted from 1'),
  kind: z
    .enum(['pass', 'fail', 'unknown'])
    .describe('unknown: there was nothing to measure it by; it never counts as passed'),
  measured: z
    .number()
    .exactOptional()
    .describe("in the base of the metric's unit; absent when it never happened"),
  measuredText: z.string(),
  limitText: z.string(),
  reason: z.string(),
  when: z
    .enum(['before the first fault', 'at the end'])
    .exactOptional()
    .describe('for the steady state: when it was looked at'),
});

const audit = part({
  isDrained: z.boolean(),
  drainedAfterMs: ms,
  remaining: list(z.string()).describe('what was still under way when the stores were read'),
  operationsCount: count,
  invariants: list(
    part({
      name: z.string(),
      answer: z.enum(['holds', 'violated', 'unknown']),
      checkedCount: count,
      findings: list(part({ message: z.string(), evidence: z.record(z.string(), z.unknown()).readonly() })),
    }),
  ),
});

const agents = part({
  parts: list(
    part({
      name: z.string(),
      arrivals: count.describe('journeys started'),
      requests: count,
    }),
  ),
  uncertaintyMs: ms.describe('no clock of theirs was further from the common one at the start'),
  lost: list(z.string()).describe(
    'one sentence for each whose part of the load is missing: then no figure is whole, and nothing was judged',
  ),
});

/** `report.json`. This schema is its only description: types are inferred, `stormcart schema --report` prints it. */
export const reportFormat = part({
  format: z.literal('stormcart-report'),
  version: z
    .literal(1)
    .describe('grows when a member changes its meaning or goes; new members may come without it'),
  scenario,
  startedAt: z.iso.datetime(),
  tookMs: ms,
  verdict: z.enum(['pass', 'fail', 'inconclusive', 'interrupted']),
  reasons: list(z.string()).describe('why the verdict is what it is, the weightiest first'),
  exitCode: z.number().int(),
  endedEarly: part({ kind: z.enum(['abort', 'steadyState', 'lostAgent']), reason: z.string() })
    .exactOptional()
    .describe('why the load was ended before its plan was over'),
  boot: part({ tookMs: ms, steps: list(part({ step: z.string(), tookMs: ms })) }),
  load,
  availability,
  faults: list(fault),
  byHand: byHand.exactOptional().describe('absent when the drill ran as its scenario says'),
  phases: list(cell),
  routes: list(cell),
  series,
  breakers: list(breaker),
  processEvents: list(processEvent).describe('the first 2,000'),
  steadyState: list(gate),
  gates: list(gate),
  audit,
  generator,
  agents: agents.exactOptional().describe('who made the load; absent when the drill made it itself'),
  cpu: part({
    systemMs: ms.describe("CPU time of the system's processes while the load lasted, warm-up included"),
  })
    .exactOptional()
    .describe('absent where it cannot be told'),
  environment: z.record(z.string(), z.union([z.string(), z.number()])).readonly(),
  again: z.string().describe('what to type to run the same again'),
}).describe('Everything that a drill found. Times are milliseconds from the start of the load.');

export type Report = z.infer<typeof reportFormat>;
export type ReportAvailability = z.infer<typeof availability>;
export type ReportCell = z.infer<typeof cell>;
export type ReportFault = z.infer<typeof fault>;
export type ReportGate = z.infer<typeof gate>;
export type ReportGenerator = z.infer<typeof generator>;
export type ReportSeries = z.infer<typeof series>;
export type ReportInvariant = Report['audit']['invariants'][number];
export type Quantiles = z.infer<typeof quantiles>;
