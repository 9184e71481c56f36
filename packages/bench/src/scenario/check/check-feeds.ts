import type { Feeds } from '../../own-system/feed/feed.ts';
import { feedsOf } from '../../own-system/plain-journeys.ts';
import { createPlan } from '../../plan/plan.ts';
import type { PlainRequests } from '../format/requests.ts';
import type { Reporter } from '../reporter.ts';
import { type Recordings, type ScenarioDraft, stagesOf } from './draft.ts';

/** A feed that no request takes anything from was hardly meant to be there. */
export function checkFeedsUsed(requests: PlainRequests, feeds: Feeds, reporter: Reporter): void {
  const used = new Set(Object.values(requests).flatMap(feedsOf));
  for (const name of feeds.keys()) {
    if (used.has(name)) continue;
    reporter.warn(['feeds', name], `no request takes anything from this feed; write {${name}.field}`, {
      at: 'key',
    });
  }
}

/** To look at each arrival of more takes seconds; beyond it the share of the mix tells well enough. */
const COUNTED_ARRIVALS_MAX = 1_000_000;

export interface FeedUse {
  readonly requests: PlainRequests | undefined;
  readonly feeds: Feeds;
  readonly recordings: Recordings;
  readonly scale: number;
}

/**
 * Whether the records of each feed that gives out every record once suffice. The plan is known before anything is sent,
 * so a drill need not find out in its last minute.
 */
export function checkFeedsSuffice(
  draft: ScenarioDraft,
  { requests = {}, feeds, recordings, scale }: FeedUse,
  reporter: Reporter,
): void {
  const once = [...feeds].filter(([, { order }]) => order === 'once');
  if (once.length === 0 || reporter.errorCount() > 0) return;
  const visits = visitsByJourney(draft, recordings, scale);
  for (const [name, { file, records }] of once) {
    const users = Object.keys(requests).filter((journey) => {
      const request = requests[journey];
      return request !== undefined && feedsOf(request).includes(name);
    });
    const wanted = users.reduce((sum, journey) => sum + (visits.get(journey) ?? 0), 0);
    const count = records.rows.length;
    if (wanted <= count) continue;
    reporter.error(
      ['feeds', name, 'order'],
      `${file} has ${count} ${count === 1 ? 'record' : 'records'} to be used once each, and this load makes ${wanted} visits that need one`,
    );
  }
}

function visitsByJourney(
  { load, seed }: ScenarioDraft,
  recordings: Recordings,
  scale: number,
): ReadonlyMap<string, number> {
  const visits = new Map<string, number>();
  const stages = stagesOf(load?.stages ?? [], scale, recordings);
  const weights = Object.entries(load?.mix ?? {}).flatMap(([journey, weight = 0]) =>
    weight > 0 ? [[journey, weight] as const] : [],
  );
  if (stages === undefined || weights.length === 0) return visits;
  const plan = createPlan(stages, {
    seed: seed ?? 1,
    arrivals: load?.arrivals ?? 'constant',
    mix: Object.fromEntries(weights),
  });
  if (plan.count > COUNTED_ARRIVALS_MAX) {
    const sum = weights.reduce((total, [, weight]) => total + weight, 0);
    return new Map(weights.map(([journey, weight]) => [journey, Math.ceil((plan.count * weight) / sum)]));
  }
  for (let arrival = 0; arrival < plan.count; arrival += 1) {
    const journey = plan.journeyOf(arrival);
    visits.set(journey, (visits.get(journey) ?? 0) + 1);
  }
  return visits;
}
