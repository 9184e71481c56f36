import { describe, expect, it } from 'vitest';
import { CustomerPool } from '../customer-pool.ts';
import { run } from '../journey-run.ts';
import { tpcwMixes } from './tpcw.ts';

const VISITS = 2_000;
const BROWSING = ['browse', 'search'];

/** Mean requests of a visit, of customers who come again and again as in a drill. */
async function requestsPerVisit(journey: string): Promise<number> {
  const customers = new CustomerPool(50);
  let count = 0;
  for (let seed = 1; seed <= VISITS; seed += 1) {
    count += (await run(journey, undefined, { seed, customers })).routes.length;
  }
  return count / VISITS;
}

describe("TPC-W's mixes", () => {
  it.each([
    ['tpcw-browsing', 5],
    ['tpcw-shopping', 20],
    ['tpcw-ordering', 50],
  ])('%s orders with %d %% of its requests', async (name, orderPercent) => {
    const weights = tpcwMixes.find((mix) => mix.name === name)?.weights ?? {};
    const requests = new Map<string, number>();
    for (const [journey, weight] of Object.entries(weights)) {
      requests.set(journey, weight * (await requestsPerVisit(journey)));
    }
    const all = [...requests.values()].reduce((sum, count) => sum + count, 0);
    const browsing = BROWSING.reduce((sum, journey) => sum + (requests.get(journey) ?? 0), 0);
    const ordered = (100 * (all - browsing)) / all;
    // Within a fiftieth: the requests of a visit are a constant that rounds, and journeys are drawn at random.
    expect(Math.abs(ordered / orderPercent - 1)).toBeLessThan(0.02);
    expect(all).toBeGreaterThan(98);
    expect(all).toBeLessThan(102);
  });
});
