import { z } from 'zod';
import type { Feeds } from '../own-system/feed/feed.ts';
import { feedOrders } from '../own-system/feed/feed.ts';
import { createPlan, type Plan } from '../plan/plan.ts';
import type { Stage } from '../plan/stage.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { targetParts } from './order-parts.ts';
import { decodeRecording, encodedRecordingSchema, encodeRecording } from './recorded-code.ts';

const ms = z.number().nonnegative();
const rate = z.number().nonnegative();
const timing = { forMs: ms, isWarmup: z.boolean() };

const stageSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant'), ...timing, perSecond: rate }),
  z.strictObject({ kind: z.literal('ramp'), ...timing, fromPerSecond: rate, toPerSecond: rate }),
  z.strictObject({
    kind: z.literal('steps'),
    ...timing,
    fromPerSecond: rate,
    toPerSecond: rate,
    steps: z.int().min(2),
  }),
  z.strictObject({
    kind: z.literal('spike'),
    ...timing,
    perSecond: rate,
    spikePerSecond: rate,
    spikeForMs: ms,
  }),
  z.strictObject({ kind: z.literal('replay'), ...timing, recorded: encodedRecordingSchema }),
]);

const value = z.union([z.string(), z.number(), z.boolean()]);

/** As `requests:` of a scenario, read: times are milliseconds. */
const requestSchema = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  path: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.unknown().optional(),
  pick: z.record(z.string(), z.array(value)),
  expect: z.union([z.int(), z.array(z.int())]).optional(),
  timeout: z.number().positive().optional(),
  weight: z.number().optional(),
});

const feedSchema = z.strictObject({
  file: z.string(),
  order: z.enum(feedOrders),
  fields: z.array(z.string()),
  rows: z.array(z.array(value)),
});

const thinkSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('uniform'), minMs: ms, maxMs: ms }),
  z.strictObject({ kind: z.literal('exponential'), meanMs: ms, maxMs: ms }),
]);

/** A system whose journeys every Stormcart has. */
const sharedSystems = ['shop'] as const;

/** The load of a drill, the same for all who make a share of it. What each has seen travels as it happens. */
export const drillOrderSchema = z.strictObject({
  kind: z.literal('drill'),
  ...targetParts,
  /** Whose journeys the mix names beside those of `requests`; absent where it names no others. */
  system: z.enum(sharedSystems).exactOptional(),
  requests: z.record(z.string(), requestSchema),
  feeds: z.record(z.string(), feedSchema),
  stages: z.array(stageSchema),
  mix: z.record(z.string(), z.number().positive()),
  habits: z.strictObject({
    think: thinkSchema.exactOptional(),
    popularity: z.number().nonnegative().exactOptional(),
  }),
  /** Given where the target is reached on this machine alone: who is not on it must not begin. */
  machine: z.string().max(1_000).exactOptional(),
});

export type DrillOrder = z.infer<typeof drillOrderSchema>;

/** The whole plan of the drill; the same in every process, and in the one that judges. */
export function drillPlanOf({ stages, seed, arrivals, mix }: DrillOrder): Plan {
  return createPlan(stages.map(decodeStage), { seed, arrivals, mix });
}

function decodeStage(stage: DrillOrder['stages'][number]): Stage {
  return stage.kind === 'replay' ? { ...stage, recorded: decodeRecording(stage.recorded) } : stage;
}

export function feedsOfOrder({ feeds }: Pick<DrillOrder, 'feeds'>): Feeds {
  return new Map(
    Object.entries(feeds).map(([name, { file, order, fields, rows }]) => [
      name,
      { file, order, records: { fields, rows, lines: [] } },
    ]),
  );
}

/** Where a drill's load goes, which is known once its system is up. */
export type DrillTarget = Pick<DrillOrder, 'runId' | 'url' | 'trust' | 'machine'>;

/** Of a scenario that `assertShareable` lets pass. */
export function drillOrderOf(
  { load, seed, requests = {}, feeds }: Scenario,
  target: DrillTarget,
): DrillOrder {
  const { stages, mix, habits, arrivals, timeoutMs, maxInFlight } = load;
  const ownJourneys = Object.keys(mix).filter((journey) => !Object.hasOwn(requests, journey));
  return {
    kind: 'drill',
    version: 1,
    ...target,
    ...(ownJourneys.length === 0 ? {} : { system: 'shop' }),
    requests,
    feeds: Object.fromEntries(
      [...(feeds ?? [])].map(([name, { file, order, records }]) => [
        name,
        { file, order, fields: [...records.fields], rows: records.rows.map((row) => [...row]) },
      ]),
    ),
    stages: stages.map((stage) =>
      stage.kind === 'replay' ? { ...stage, recorded: encodeRecording(stage.recorded) } : stage,
    ),
    mix: { ...mix },
    habits: { ...habits },
    arrivals,
    seed,
    timeoutMs,
    maxInFlight,
  };
}
