import { z } from 'zod';

/** What every kind of load names, for whoever makes a share of it. */
export const targetParts = {
  version: z.literal(1),
  /** Prefix of the requests' ids. */
  runId: z.string().min(1).max(100),
  url: z.url({ protocol: /^https?$/ }),
  trust: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('usual') }),
    z.strictObject({ kind: z.literal('authority'), certificate: z.string().max(1_000_000) }),
    z.strictObject({ kind: z.literal('anyone') }),
  ]),
  arrivals: z.enum(['constant', 'poisson']),
  seed: z.int().nonnegative(),
  timeoutMs: z.number().positive(),
  /** Requests at once, over all shares; each may have its part of them. */
  maxInFlight: z.int().positive(),
};
