/**
 * What the resilience policies cost, in one run: `npm run bench:shop [pairs]`. Boots the whole shop twice, with every
 * policy on and with every policy off, and loads them by turns, because a machine that other people use too changes
 * from minute to minute. Prints capacity (closed loop), the ratio and requests per CPU second of each service. Exit
 * code 1 when the policies cost more than a tenth.
 */
import { availableParallelism } from 'node:os';
import { type BenchShop, bootBenchShop } from './bench-shop.ts';
import { measureSlice, type Slice } from './slice.ts';
import { compare, RATIO_MIN, summaryText } from './summary.ts';
import { cachedProduct, checkoutOf, type Workload } from './workload.ts';

/** Many short slices rather than few long ones: what disturbs the machine then hits both sides. In all some two minutes. */
const PAIRS_USUAL = 12;
const PAIRS_MAX = 30;
const SLICE_MS = 1_000;
/** Compiles the hot paths and fills the cache. */
const WARM_UP_MS = 2_500;
/** Enough to keep two replicas busy, too few for any policy to have to refuse. */
const USERS = 24;

interface Contender {
  readonly shop: BenchShop;
  readonly workloads: readonly Workload[];
}

const pairs = Math.min(
  Math.max(Math.trunc(Number(process.argv[2] ?? PAIRS_USUAL)) || PAIRS_USUAL, 1),
  PAIRS_MAX,
);
const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort(new Error('interrupted')));
process.once('SIGTERM', () => interrupted.abort(new Error('interrupted')));

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const { signal } = interrupted;
await using opened = new AsyncDisposableStack();
const open = async (policies: 'on' | 'off'): Promise<Contender> => {
  const shop = await bootBenchShop(policies, signal);
  opened.defer(() => shop.close());
  return { shop, workloads: [cachedProduct, await checkoutOf(shop.entry)] };
};
say(`booting two shops on ${availableParallelism()} cores …`);
// One after the other: the second finds the template that the first had to make.
const on = await open('on');
const off = await open('off');
for (const { shop, workloads } of [on, off]) {
  for (const workload of workloads) await measureSlice(shop, workload, USERS, WARM_UP_MS);
}
let isCheap = true;
for (const index of on.workloads.keys()) {
  const comparison = compare(await measurePairs(index));
  say(summaryText(comparison));
  isCheap &&= comparison.ratio >= RATIO_MIN && comparison.failed === 0;
}
say(await breakerText(on.shop));
process.exitCode = isCheap ? 0 : 1;

/** A breaker that opened, or calls given up on, say that the machine was too busy for its healthy stores. */
async function breakerText({ system }: BenchShop): Promise<string> {
  const { breakers } = await system.observe(AbortSignal.timeout(5_000));
  const lines = breakers.map(
    ({ name, process: owner, openedCount, wastedCount = 0, refusedCount }) =>
      `  ${`${name} in ${owner}`.padEnd(36)} opened ${openedCount}×, refused ${refusedCount}, gave up on ${wastedCount}`,
  );
  return ['breakers of the shop with policies (all 0 on a quiet machine)', ...lines].join('\n');
}

async function measurePairs(index: number): Promise<readonly Slice[]> {
  const slices: Slice[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    // Whoever comes first may find a cooler machine: they take turns.
    for (const { shop, workloads } of pair % 2 === 0 ? [on, off] : [off, on]) {
      signal.throwIfAborted();
      const workload = workloads[index];
      if (workload !== undefined) slices.push(await measureSlice(shop, workload, USERS, SLICE_MS));
    }
  }
  return slices;
}
