import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planLooks } from '../../src/compare/ab/looks.ts';
import { comparePairs, runPairs } from '../../src/compare/ab/run-pairs.ts';
import { loadSide } from '../../src/compare/ab/side/load-side.ts';
import { judgedMetrics } from '../../src/compare/metric/judged-metrics.ts';
import type { ComparisonVerdict } from '../../src/compare/verdict.ts';

/** What became of one comparison of two real servers under real load. */
export interface MeasuredComparison {
  readonly slowness: number;
  readonly index: number;
  readonly verdict: ComparisonVerdict;
  readonly pairCount: number;
  readonly spoiledCount: number;
  /** By metric: its verdict, and the change with its interval. */
  readonly metrics: readonly {
    readonly name: string;
    readonly verdict: ComparisonVerdict;
    readonly change?: { readonly center: number; readonly low: number; readonly high: number };
  }[];
  readonly tookMs: number;
}

/** 300 requests a run, six under way on average: neither the generator nor the server has a queue. */
const PER_SECOND = 300;
const RUN_MS = 1_000;
const PAIRS_MAX = 40;

/**
 * Two servers, b's service time `slowness` times a's, compared exactly as `stormcart ab --load` does. Rejects with the
 * signal's reason when aborted.
 */
export async function measureComparison(
  slowness: number,
  index: number,
  signal: AbortSignal,
): Promise<MeasuredComparison> {
  const startedMs = performance.now();
  const [a, b] = [startServer(1), startServer(slowness)];
  const folder = await mkdtemp(join(tmpdir(), 'stormcart-bench-compare-'));
  try {
    const side = async (server: Server) =>
      loadSide({
        url: new URL(`http://127.0.0.1:${await server.port}/`),
        perSecond: PER_SECOND,
        forMs: RUN_MS,
        timeoutMs: 5_000,
        arrivals: 'constant',
        sliceMs: 200,
      });
    const asked = {
      sides: { a: await side(a), b: await side(b) },
      looks: planLooks({ pairsMin: 6, pairsMax: PAIRS_MAX, confidence: 0.95 }),
      confidence: 0.95,
      metrics: judgedMetrics(['p50', 'p90', 'p99', 'success', 'throughput'], []),
      seed: index * 1_000,
      folder,
      signal,
      onEvent: () => undefined,
    };
    const outcome = await runPairs(asked);
    signal.throwIfAborted();
    if (outcome.end.kind === 'failed') throw outcome.end.error;
    const { verdict, metrics, design } = comparePairs(outcome, asked);
    const pairCount = design.kind === 'paired' ? design.pairCount : 0;
    return {
      slowness,
      index,
      verdict,
      pairCount,
      spoiledCount: outcome.pairs.length - pairCount,
      metrics: metrics.map(({ name, verdict: own, change }) => ({
        name,
        verdict: own,
        ...(change === undefined ? {} : { change }),
      })),
      tookMs: performance.now() - startedMs,
    };
  } finally {
    await Promise.all([a.close(), b.close()]);
    await rm(folder, { recursive: true, force: true });
  }
}

interface Server {
  readonly port: Promise<number>;
  close(): Promise<void>;
}

function startServer(slowness: number): Server {
  const child = fork(new URL('./server-main.ts', import.meta.url), [String(slowness)], { execArgv: [] });
  const gone = once(child, 'exit');
  return {
    port: once(child, 'message').then(([message]) => (message as { readonly port: number }).port),
    close: async () => {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}
