/** How the server misbehaves, and what an ideal client would therefore have measured. */
export type Behaviour =
  /** Answers after so long. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Exponential latencies: each request gets another quantile of the distribution, out of order. */
  | { readonly kind: 'draw'; readonly meanMs: number }
  /** The whole process stands still, once or again and again. From its first request on. */
  | { readonly kind: 'freeze'; readonly atMs: readonly number[]; readonly forMs: number }
  /** The body comes in pieces. */
  | { readonly kind: 'drip'; readonly pieces: number; readonly everyMs: number }
  /** Every tenth request gets no whole or no right answer. */
  | { readonly kind: 'spoil'; readonly how: 'fin' | 'rst' | 'truncate' | 'shed' }
  /** Nobody listens. */
  | { readonly kind: 'refuse' };

export interface Case {
  readonly name: string;
  readonly behaviour: Behaviour;
}

export const PER_SECOND = 200;
export const FOR_MS = 4_000;
const COUNT = (PER_SECOND * FOR_MS) / 1_000;
export const SPOILED_EVERY = 10;

export const cases: readonly Case[] = [
  { name: 'answers after 20 ms', behaviour: { kind: 'delay', ms: 20 } },
  { name: 'exponential, mean 50 ms', behaviour: { kind: 'draw', meanMs: 50 } },
  { name: 'frozen for 1 s', behaviour: { kind: 'freeze', atMs: [1_500], forMs: 1_000 } },
  {
    name: 'frozen for 100 ms, twice a second',
    behaviour: {
      kind: 'freeze',
      atMs: [250, 750, 1_250, 1_750, 2_250, 2_750, 3_250, 3_750],
      forMs: 100,
    },
  },
  { name: 'drips for 100 ms', behaviour: { kind: 'drip', pieces: 5, everyMs: 25 } },
  { name: 'FIN, every tenth', behaviour: { kind: 'spoil', how: 'fin' } },
  { name: 'RST, every tenth', behaviour: { kind: 'spoil', how: 'rst' } },
  { name: 'cut body, every tenth', behaviour: { kind: 'spoil', how: 'truncate' } },
  { name: '503 + Retry-After, every tenth', behaviour: { kind: 'spoil', how: 'shed' } },
  { name: 'refuses connections', behaviour: { kind: 'refuse' } },
];

/** Spreads the quantiles over the run: coprime to `COUNT`. */
const STRIDE = 331;

/** The latency that the n-th request is to meet, counted from 0. */
export function drawnMs(meanMs: number, index: number): number {
  const place = (index * STRIDE) % COUNT;
  return -meanMs * Math.log(1 - (place + 0.5) / COUNT);
}

export interface Truth {
  readonly count: number;
  readonly successShare: number;
  /** Undefined where no request has a latency worth the name. */
  readonly latenciesMs: readonly number[] | undefined;
}

/** What a client finds that sends every request at its time and waits for none. */
export function truthOf(behaviour: Behaviour): Truth {
  const indexes = Array.from({ length: COUNT }, (_, index) => index);
  const all = (latencyOf: (index: number) => number): Truth => ({
    count: COUNT,
    successShare: 1,
    latenciesMs: indexes.map(latencyOf),
  });
  switch (behaviour.kind) {
    case 'delay':
      return all(() => behaviour.ms);
    case 'draw':
      return all((index) => drawnMs(behaviour.meanMs, index));
    case 'drip':
      return all(() => (behaviour.pieces - 1) * behaviour.everyMs);
    case 'freeze':
      return all((index) => frozenMs(behaviour, (index * 1_000) / PER_SECOND));
    case 'spoil':
      return { ...all(() => 0), successShare: 1 - 1 / SPOILED_EVERY };
    case 'refuse':
      return { count: COUNT, successShare: 0, latenciesMs: undefined };
  }
}

function frozenMs({ atMs, forMs }: Behaviour & { readonly kind: 'freeze' }, ms: number): number {
  const startMs = atMs.find((start) => ms >= start && ms < start + forMs);
  return startMs === undefined ? 0 : startMs + forMs - ms;
}

const shares = { p50: 0.5, p90: 0.9, p99: 0.99, max: 1 } as const;
export const quantileNames = ['p50', 'p90', 'p99', 'max'] as const;
export type Quantiles = Readonly<Partial<Record<keyof typeof shares, number>>>;

/** By nearest rank; empty where there is nothing. */
export function quantilesOf(values: readonly number[] | undefined): Quantiles {
  if (values === undefined || values.length === 0) return {};
  const sorted = values.toSorted((left, right) => left - right);
  return Object.fromEntries(
    quantileNames.map((name) => [name, sorted[Math.max(0, Math.ceil(sorted.length * shares[name]) - 1)]]),
  );
}
