import type { BenchShop } from './bench-shop.ts';
import { runClosedLoop } from './closed-loop.ts';
import { cpuSeconds } from './cpu-time.ts';
import type { Workload } from './workload.ts';

/** One stretch of load on one shop. */
export interface Slice {
  readonly workload: string;
  readonly policies: 'on' | 'off';
  readonly rounds: number;
  readonly failed: number;
  readonly perSecond: number;
  /** CPU seconds of each service, what it worked off after the load included. */
  readonly cpu: ReadonlyMap<string, number>;
}

/** Far more than a few seconds of orders take to be paid. */
const DRAIN_MS = 20_000;

/** Ends when everything that the load set off is done: the next slice must not pay for this one. */
export async function measureSlice(
  { policies, system, entry }: BenchShop,
  workload: Workload,
  users: number,
  forMs: number,
): Promise<Slice> {
  const before = await cpuSeconds(system.processes);
  const { rounds, failed, tookMs } = await runClosedLoop(entry, workload, users, forMs);
  const { isDrained, remaining } = await system.drain(AbortSignal.timeout(DRAIN_MS));
  if (!isDrained) throw new Error(`not done after the load: ${remaining.join(', ')}`);
  const after = await cpuSeconds(system.processes);
  const cpu = new Map(
    [...after].map(([service, seconds]) => [service, seconds - (before.get(service) ?? 0)]),
  );
  return { workload: workload.name, policies, rounds, failed, perSecond: (rounds * 1_000) / tookMs, cpu };
}
