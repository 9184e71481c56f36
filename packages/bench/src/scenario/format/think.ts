import { duration } from '@stormcart/core';
import { z } from 'zod';
import type { Think } from '../../load/habit/think.ts';
import { clip, isPlainMap, quantity } from './value.ts';
import { variants } from './variants.ts';

/** Who thinks longer has left. */
const LONGEST_MS = 3_600_000;
const EXAMPLE = 'write it like 2s, 500ms..3s or {mean: 7s, max: 70s}';

const span = z
  .unknown()
  .transform((value, context): Think => {
    const parsed = typeof value === 'string' ? parseSpan(value) : undefined;
    if (parsed?.kind === 'uniform' && parsed.minMs <= parsed.maxMs && parsed.maxMs <= LONGEST_MS)
      return parsed;
    const found = typeof value === 'string' ? JSON.stringify(clip(value)) : JSON.stringify(value);
    context.issues.push({ code: 'custom', input: value, message: `${problemOf(parsed, found)}; ${EXAMPLE}` });
    return z.NEVER;
  })
  .meta({ type: 'string', description: 'always as long, or anything between two lengths: 500ms..3s' });

function parseSpan(value: string): Think | undefined {
  const [from = '', to = from, ...rest] = value.split('..').map((end) => duration.parse(end.trim()));
  if (rest.length > 0 || typeof from !== 'number' || typeof to !== 'number') return undefined;
  return { kind: 'uniform', minMs: from, maxMs: to };
}

function problemOf(parsed: Think | undefined, found: string): string {
  if (parsed?.kind !== 'uniform') return `expected how long customers think, found ${found}`;
  return parsed.minMs > parsed.maxMs
    ? `${found} ends before it begins`
    : `customers think ${duration.format(LONGEST_MS)} at most, found ${found}`;
}

const bounds = { min: 0, max: LONGEST_MS };
const exponential = z.strictObject({
  mean: quantity(duration, 'mean of an exponential distribution', { min: 1, max: LONGEST_MS }),
  max: quantity(duration, 'what would be longer takes this long', bounds),
});

/** `load.think`: how long customers think between the requests of a visit. */
export const thinkFormat = variants(
  [
    span,
    exponential.transform(({ mean, max }): Think => ({ kind: 'exponential', meanMs: mean, maxMs: max })),
  ],
  'how long customers think between the requests of a visit; not at all when absent',
  (value) => (isPlainMap(value) ? exponential : span),
);
