/** Whether somebody may try now, and if not, when again. */
export type Admission =
  | { readonly kind: 'admitted' }
  | {
      readonly kind: 'limited';
      /** Whole seconds from now, at least 1. */
      readonly retryAfterSeconds: number;
    };

export const admitted: Admission = { kind: 'admitted' };

const MICROSECONDS_PER_SECOND = 1_000_000;

/** Rounded up: who waits so long is not refused for having come a moment early. */
export function limitedFor(microseconds: number): Admission {
  return {
    kind: 'limited',
    retryAfterSeconds: Math.max(1, Math.ceil(microseconds / MICROSECONDS_PER_SECOND)),
  };
}
