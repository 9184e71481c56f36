import { deflateSync, inflateSync } from 'node:zlib';
import { messageOf } from '@stormcart/core';
import { z } from 'zod';
import { REQUEST_OUTCOMES } from '../load/ledger.ts';
import { encodedLatencySchema } from '../measure/latency-code.ts';
import type { SliceCounts } from '../measure/slices.ts';
import { shareError } from './share-error.ts';

const count = z.int().nonnegative();

/** Three numbers for each slice; a day in slices of 200 ms packs to less than 2 MB. */
const PACKED_SLICES_CHARS_MAX = 8_000_000;
/** What they unpack to: nothing that an agent sends may fill the memory. */
const UNPACKED_SLICES_BYTES_MAX = 64_000_000;

export const ledgerSchema = z.strictObject({
  planned: count,
  ...(Object.fromEntries(REQUEST_OUTCOMES.map((outcome) => [outcome, count])) as Record<
    (typeof REQUEST_OUTCOMES)[number],
    typeof count
  >),
});

/** A share's figures on their way to whoever adds them up. */
export const encodedFiguresSchema = z.strictObject({
  ledger: ledgerSchema,
  latency: encodedLatencySchema,
  latencyFromSend: encodedLatencySchema,
  /** JSON, deflated, base64. */
  slices: z.string().max(PACKED_SLICES_CHARS_MAX),
  /** 0 when nothing was due. */
  latestIntendedMs: z.number().nonnegative(),
});

export type EncodedFigures = z.infer<typeof encodedFiguresSchema>;

const sliceCountsSchema = z.strictObject({
  planned: z.array(count),
  ok: z.array(count),
  answered: z.array(count),
}) satisfies z.ZodType<SliceCounts>;

export function packSlices(counts: SliceCounts): string {
  return deflateSync(JSON.stringify(counts)).toString('base64');
}

/** Throws BAD_SHARE unless they are this many slices. */
export function unpackSlices(text: string, expectedCount: number): SliceCounts {
  const counts = parseSlices(text);
  if (Object.values(counts).every(({ length }) => length === expectedCount)) return counts;
  throw shareError({
    kind: 'internal',
    code: 'BAD_SHARE',
    message: `a share counted ${counts.planned.length} slices where the plan has ${expectedCount}`,
  });
}

function parseSlices(text: string): SliceCounts {
  try {
    const json = inflateSync(Buffer.from(text, 'base64'), { maxOutputLength: UNPACKED_SLICES_BYTES_MAX });
    return sliceCountsSchema.parse(JSON.parse(json.toString('utf8')));
  } catch (cause) {
    const message = `a share's slices cannot be read: ${messageOf(cause)}`;
    throw shareError({ kind: 'internal', code: 'BAD_SHARE', message, cause });
  }
}
