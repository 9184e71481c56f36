import type { SystemUnderTest } from '@stormcart/core';
import type { Scenario } from '../scenario/scenario.ts';
import { drillOrderOf } from './drill-order.ts';
import { shareError } from './share-error.ts';

/** All that the Redis must hold at once: each agent is told the whole of it. */
const ORDERS_BYTES_MAX = 64 * 1_024 * 1_024;

/** Throws NOT_SHAREABLE when others cannot make the load of this scenario. */
export function assertShareable(scenario: Scenario, system: SystemUnderTest, shareCount: number): void {
  const { load, requests = {} } = scenario;
  const foreign = Object.keys(load.mix).filter((journey) => !Object.hasOwn(requests, journey));
  if (foreign.length > 0 && system.shareJourneys === undefined) {
    throw shareError({
      kind: 'usage',
      code: 'NOT_SHAREABLE',
      message: `${scenario.file} cannot be shared out to agents: the code of ${foreign.length === 1 ? 'its journey' : 'its journeys'} ${foreign.join(', ')} is in ${scenario.sut ?? 'its module'}, which they do not have`,
      hint: "Agents have the shop's journeys, and get a scenario's `requests`. Let `load.mix` name only those, or run it without --agents.",
    });
  }
  const target = { runId: 'r', url: 'http://localhost/', trust: { kind: 'usual' } } as const;
  const bytes = JSON.stringify(drillOrderOf(scenario, target)).length * shareCount;
  if (bytes <= ORDERS_BYTES_MAX) return;
  throw shareError({
    kind: 'usage',
    code: 'NOT_SHAREABLE',
    message: `${scenario.file} cannot be shared out to ${shareCount} agents: they would have to be told ${inMiB(bytes)} MiB in all, and at most ${inMiB(ORDERS_BYTES_MAX)} MiB travel`,
    hint: 'Records of `feeds` and recorded arrivals go to every agent: give it fewer of them, or fewer agents.',
  });
}

function inMiB(byteCount: number): number {
  return Math.ceil(byteCount / (1_024 * 1_024));
}
