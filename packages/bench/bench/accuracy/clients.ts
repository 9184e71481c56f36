import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { systemClock } from '@stormcart/core';
import autocannon from 'autocannon';
import { runLoad } from '../../src/load/driver.ts';
import { singleRequest } from '../../src/load/single-request.ts';
import { createMeasurement } from '../../src/measure/measurement.ts';
import { createPlan } from '../../src/plan/plan.ts';
import { isInstalled } from '../installed.ts';
import { FOR_MS, PER_SECOND, type Quantiles } from './behaviour.ts';

const run = promisify(execFile);
const SECONDS = FOR_MS / 1_000;
const CONNECTIONS = 10;
/** Four seconds of load and what may hang on. */
const RUN_MS_MAX = 60_000;

/** What a client says that it has found. */
export interface Finding {
  /** Requests that it knows of; undefined where it was told no rate. */
  readonly count: number | undefined;
  readonly successShare: number;
  readonly latencyMs: Quantiles;
  /** Ours alone: when its load began on the clock that the server shares, and how late it was itself. */
  readonly own?: { readonly zeroMs: number; readonly lateMs: number };
}

export interface Client {
  readonly name: string;
  find(url: URL): Promise<Finding>;
}

export async function findClients(): Promise<readonly Client[]> {
  const others = await Promise.all(
    [wrk, hey].map(async (client) => ((await isInstalled(client.name)) ? [client] : [])),
  );
  return [ours, autocannonAtRate, ...others.flat()];
}

export const ours: Client = {
  name: 'stormcart',
  find: async (url) => {
    const journey = singleRequest(url);
    const plan = createPlan([{ kind: 'constant', forMs: FOR_MS, perSecond: PER_SECOND, isWarmup: false }], {
      seed: 1,
      arrivals: 'constant',
      mix: { [journey.name]: 1 },
    });
    const options = { totalMs: plan.totalMs, warmupUntilMs: 0, sliceMs: 200, downBelow: 0.95 };
    const measurement = createMeasurement({ ...options, faults: [] });
    const zeroMs = systemClock.now() + 50;
    const { ledger, selfCheck } = await runLoad({
      plan,
      journeys: [journey],
      target: url,
      seed: 1,
      runId: 'accuracy',
      zeroMs,
      signal: AbortSignal.timeout(RUN_MS_MAX),
      sink: { sample: (sample) => measurement.add(sample), operation: () => undefined },
    });
    const at = (quantile: number | 'max'): number => measurement.latencyMs(quantile, {}) ?? Number.NaN;
    const { slipMsP99 = 0, loopLagMsP99 } = selfCheck.figures;
    return {
      count: ledger.planned,
      successShare: ledger.ok / ledger.planned,
      latencyMs: { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at('max') },
      own: { zeroMs, lateMs: Math.max(slipMsP99, loopLagMsP99) },
    };
  },
};

const autocannonAtRate: Client = {
  name: 'autocannon',
  find: async (url) => {
    const result = await autocannon({
      url: url.href,
      connections: CONNECTIONS,
      overallRate: PER_SECOND,
      duration: SECONDS,
    });
    const { latency, errors } = result;
    // `requests.sent` counts what is still under way at the end, which has no outcome.
    const count = result['2xx'] + result.non2xx + errors;
    return {
      count,
      successShare: count === 0 ? 0 : result['2xx'] / count,
      latencyMs: { p50: latency.p50, p90: latency.p90, p99: latency.p99, max: latency.max },
    };
  },
};

const wrk: Client = {
  name: 'wrk',
  find: async (url) => {
    const flags = ['-t', '1', '-c', String(CONNECTIONS), '-d', `${SECONDS}s`, '--latency', url.href];
    const { stdout } = await run('wrk', flags, { timeout: RUN_MS_MAX }).catch((error: unknown) => {
      // It ends with 1 where nobody listens.
      if (typeof error === 'object' && error !== null && 'stdout' in error)
        return error as { stdout: string };
      throw error;
    });
    const number = (pattern: RegExp): number => Number(pattern.exec(stdout)?.[1] ?? 0);
    const answered = number(/^\s*(\d+) requests in/m);
    const wrong = number(/Non-2xx or 3xx responses: (\d+)/);
    const broken = [...(/Socket errors: (.*)/.exec(stdout)?.[1] ?? '').matchAll(/\d+/g)].reduce(
      (sum, [text]) => sum + Number(text),
      0,
    );
    const total = answered + broken;
    return {
      count: undefined,
      successShare: total === 0 ? 0 : (answered - wrong) / total,
      latencyMs: {
        p50: milliseconds(/^\s*50%\s+(\S+)/m.exec(stdout)?.[1]),
        p90: milliseconds(/^\s*90%\s+(\S+)/m.exec(stdout)?.[1]),
        p99: milliseconds(/^\s*99%\s+(\S+)/m.exec(stdout)?.[1]),
        max: milliseconds(/^\s*Latency\s+\S+\s+\S+\s+(\S+)/m.exec(stdout)?.[1]),
      },
    };
  },
};

/** `1.23ms`, `98.00us`, `1.01s` */
function milliseconds(text: string | undefined): number {
  const [, digits, unit] = /^([\d.]+)(us|ms|s)$/.exec(text ?? '') ?? [];
  return Number(digits) * ({ us: 0.001, ms: 1, s: 1_000 }[unit ?? ''] ?? Number.NaN);
}

const hey: Client = {
  name: 'hey',
  find: async (url) => {
    const each = PER_SECOND / CONNECTIONS;
    const flags = ['-z', `${SECONDS}s`, '-c', String(CONNECTIONS), '-q', String(each), url.href];
    const { stdout } = await run('hey', flags, { timeout: RUN_MS_MAX });
    const answers = countsAfter(stdout, 'Status code distribution:', /\[(\d+)\]\s+(\d+) responses/g);
    const broken = countsAfter(stdout, 'Error distribution:', /\[(\d+)\]/g).reduce(
      (sum, [, count]) => sum + Number(count),
      0,
    );
    const answered = answers.reduce((sum, [, , count]) => sum + Number(count), 0);
    const right = answers.reduce((sum, [, status, count]) => sum + (status === '200' ? Number(count) : 0), 0);
    const seconds = (pattern: RegExp): number => Number(pattern.exec(stdout)?.[1] ?? Number.NaN) * 1_000;
    return {
      count: answered + broken,
      successShare: answered + broken === 0 ? 0 : right / (answered + broken),
      latencyMs: {
        p50: seconds(/50%+ in ([\d.]+) secs/),
        p90: seconds(/90%+ in ([\d.]+) secs/),
        p99: seconds(/99%+ in ([\d.]+) secs/),
        max: seconds(/Slowest:\s+([\d.]+) secs/),
      },
    };
  },
};

function countsAfter(text: string, title: string, pattern: RegExp): readonly RegExpMatchArray[] {
  const start = text.indexOf(title);
  if (start === -1) return [];
  const [section = ''] = text.slice(start + title.length).split('\n\n');
  return [...section.matchAll(pattern)];
}
