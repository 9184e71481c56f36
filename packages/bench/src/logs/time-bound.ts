import { AppError, duration } from '@stormcart/core';

/** A moment of a log as people give it. */
export type TimeBound =
  /** `10s`: so long before the log's end, as in `journalctl --since`. */
  | { readonly kind: 'beforeEnd'; readonly ms: number }
  /** `+10s`: so long after the log's beginning. */
  | { readonly kind: 'afterStart'; readonly ms: number }
  /** `2026-11-23T21:32:50.000Z` */
  | { readonly kind: 'moment'; readonly atMs: number };

const ACCEPTED =
  'a duration back from the end (10s), one from the beginning (+10s), or a time (2026-11-23T21:32:50Z)';

/** Throws a usage error that says what is accepted. */
export function parseTimeBound(text: string): TimeBound {
  const isFromStart = text.startsWith('+');
  const ms = duration.parse(isFromStart ? text.slice(1) : text);
  if (ms !== undefined) return { kind: isFromStart ? 'afterStart' : 'beforeEnd', ms };
  const atMs = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(atMs)) return { kind: 'moment', atMs };
  throw new AppError({
    kind: 'usage',
    code: 'BAD_TIME',
    message: `\`${text}\` is not a time`,
    hint: `Accepted: ${ACCEPTED}.`,
  });
}

/** The wall clock that it stands for, in a log that spans from `startMs` to `endMs`. */
export function resolveTimeBound(
  bound: TimeBound,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): number {
  switch (bound.kind) {
    case 'beforeEnd':
      return endMs - bound.ms;
    case 'afterStart':
      return startMs + bound.ms;
    case 'moment':
      return bound.atMs;
  }
}
