import { z } from 'zod';
import type { GeneratorRecord } from '../load/generator-record.ts';
import { decodeHistogram, encodedHistogramSchema, encodeHistogram } from '../measure/latency-code.ts';
import { encodedFiguresSchema } from './encoded-figures.ts';
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
  firstIntendedMs: figure,
  lastIntendedMs: figure,
  lastLaunchedMs: figure,
});

type EncodedGenerator = z.infer<typeof encodedGeneratorSchema>;

/** What became of a share, on its way to whoever adds the shares up. */
export const shareResultSchema = z.strictObject({
  /** The one that was run: no share may be counted twice. */
  share: shareSchema,
  figures: encodedFiguresSchema,
  generator: encodedGeneratorSchema,
  endedMs: figure,
  wasAborted: z.boolean(),
});

export type ShareResult = z.infer<typeof shareResultSchema>;

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
