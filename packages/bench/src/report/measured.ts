import { z } from 'zod';
import { REQUEST_OUTCOMES } from '../load/ledger.ts';

/** The figures of a report, as schemas: the one description of them, for types, for the published schema, for readers. */

/** A plain object as reports hold it. Keys that a later version adds are left alone by readers of this one. */
export function part<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object(shape).readonly();
}

export function list<Item extends z.ZodType>(item: Item) {
  return z.array(item).readonly();
}

const count = z.number().int().nonnegative();
const ms = z.number();
const fraction = z.number().min(0).max(1);

const outcomes = z
  .record(z.enum(REQUEST_OUTCOMES), count)
  .readonly()
  .describe('how many requests ended in each way');

export const quantiles = part({ p50Ms: ms, p90Ms: ms, p99Ms: ms, maxMs: ms }).describe(
  'latencies in milliseconds',
);

export const cell = part({
  name: z.string(),
  planned: count,
  outcomes,
  successFraction: fraction.exactOptional().describe('ok ÷ planned; absent without requests'),
  latency: quantiles.exactOptional().describe('from the intended start; absent without samples'),
}).describe('the requests of one route or phase');

export const load = part({
  totalMs: ms,
  measuredMs: ms,
  arrivals: count.describe('journeys started, warm-up included'),
  ledger: z
    .record(z.enum(['planned', ...REQUEST_OUTCOMES]), count)
    .readonly()
    .describe('all requests, warm-up included: planned is the sum of the others'),
  latency: quantiles.exactOptional().describe('measured requests, from the intended start'),
  latencyFromSend: quantiles.exactOptional().describe('the same, from the actual send'),
});

export const availability = part({
  fraction: fraction.exactOptional().describe('1 − downtime ÷ measured time; absent without slices'),
  successFraction: fraction.exactOptional().describe('ok ÷ planned over measured requests'),
  sliceMs: ms,
  downBelow: fraction.describe('a slice with a smaller success share is down'),
  objective: fraction.exactOptional(),
  slices: z.string().describe('one character a slice: + up, - down'),
  slicesStartMs: ms.describe('where the first slice begins'),
  downMs: ms,
  outages: list(
    part({
      startMs: ms,
      endMs: ms,
      faults: list(z.string()).describe('ids of the faults whose time overlaps it'),
    }),
  ),
  errorBudgetUsed: z
    .number()
    .exactOptional()
    .describe("share of the objective's error budget that the downtime used; above 1 it is overspent"),
});

const column = list(z.number());
const gappyColumn = list(z.number().nullable());

export const series = part({
  stepMs: ms.describe(
    'the shortest of 1, 2, 5, 10, 15, 30 s, 1, 2, 5, 10, 15, 30 min and 1 h that cuts the plan into at most 600 steps',
  ),
  steps: list(
    part({
      startMs: ms,
      plannedPerSecond: z
        .number()
        .describe('journeys per second that the plan asks for, on average over the step'),
      planned: count.describe('requests that were due in this step'),
      sent: count.describe('requests that were sent in this step, whenever they were due'),
      answered: count.describe('whole answers that came in during this step'),
      outcomes,
      latency: quantiles.exactOptional(),
    }),
  ),
  routes: list(
    part({
      name: z.string(),
      planned: column,
      ok: column,
      p50Ms: gappyColumn,
      p90Ms: gappyColumn,
      p99Ms: gappyColumn,
      maxMs: gappyColumn,
    }),
  ).describe('by route, one entry per step; null where a route was not asked. At most 50 routes'),
}).describe('the run over time; requests belong to the step of their intended start');

export const generator = part({
  isSaturated: z.boolean(),
  reasons: list(z.string()),
  figures: part({
    slipMsP50: ms.optional(),
    slipMsP99: ms.optional(),
    slipMsMax: ms.optional(),
    loopLagMsP99: ms,
    loopLagMsMax: ms,
    loopBusyShare: z.number(),
    arrivals: count,
    unopenedCount: count
      .optional()
      .describe("connections that the generator's own machine did not let it open"),
    plannedPerSecond: z.number().optional(),
    achievedPerSecond: z.number().optional(),
  }),
}).describe('what the load generator says about itself');
