import { z } from 'zod';
import type { GeneratorRecord } from '../load/generator-record.ts';
import { decodeHistogram, encodedHistogramSchema, encodeHistogram } from '../measure/latency-code.ts';
import { encodedFiguresSchema, ledgerSchema } from './encoded-figures.ts';
import { parseWire } from './parse-wire.ts';
import { shareSchema } from './share-task.ts';

const figure = z.number().nonnegative();

const encodedGeneratorSchema = z.strictObject({
  slip: encodedHistogramSchema,
  loopLagMsP99: figure,
  loopLagMsMax: figure,
  loopBusyShare: figure,
  arrivals: z.int().nonnegative(),
  unopenedCount: z.int().nonnegative(),
  connectErrors: z.record(z.string().max(200), z.int().nonnegative()),
  firstIntendedMs: figure,
  lastIntendedMs: figure,
  lastLaunchedMs: figure,
});

type EncodedGenerator = z.infer<typeof encodedGeneratorSchema>;

const ends = {
  /** The one that was run: no share may be counted twice. */
  share: shareSchema,
  generator: encodedGeneratorSchema,
  endedMs: figure,
  wasAborted: z.boolean(),
};

/** Of a load: its figures. */
const loadShareResultSchema = z.strictObject({
  kind: z.literal('figures'),
  ...ends,
  figures: encodedFiguresSchema,
});

/** Of a drill: how much was sent while it ran, which whoever collects has seen already. */
const drillShareResultSchema = z.strictObject({
  kind: z.literal('samples'),
  ...ends,
  ledger: ledgerSchema,
  batchCount: z.int().nonnegative(),
  operationCount: z.int().nonnegative(),
});

/** What became of a share, on its way to whoever adds the shares up. */
export const shareResultSchema = z.discriminatedUnion('kind', [
  loadShareResultSchema,
  drillShareResultSchema,
]);

export type ShareResult = z.infer<typeof shareResultSchema>;
export type LoadShareResult = z.infer<typeof loadShareResultSchema>;
export type DrillShareResult = z.infer<typeof drillShareResultSchema>;

/** Requests that it made, whatever became of them. */
export function requestCountOf(result: ShareResult): number {
  return (result.kind === 'figures' ? result.figures.ledger : result.ledger).planned;
}

/** Throws BAD_SHARE. */
export function parseShareResult(value: unknown): ShareResult {
  return parseWire(shareResultSchema, 'the figures of a share', value);
}

export function encodeGenerator(record: GeneratorRecord): EncodedGenerator {
  return { ...record, slip: encodeHistogram(record.slip) };
}

export function decodeGenerator(encoded: EncodedGenerator): GeneratorRecord {
  return { ...encoded, slip: decodeHistogram(encoded.slip) };
}
