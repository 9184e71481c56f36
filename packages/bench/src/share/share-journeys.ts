import type { SharedJourneys, SystemUnderTest } from '@stormcart/core';
import { shop } from '@stormcart/sut';
import { turnsInPlan } from '../own-system/feed/feeder.ts';
import { feedsOf, plainJourneys } from '../own-system/plain-journeys.ts';
import type { Plan } from '../plan/plan.ts';
import { type DrillOrder, feedsOfOrder } from './drill-order.ts';
import type { DrillShareTask } from './share-task.ts';

const SYSTEMS: Readonly<Record<NonNullable<DrillOrder['system']>, SystemUnderTest>> = { shop };

/** The journeys of a share: the system's, and those of the scenario's own requests. */
export function shareJourneys({ order, share }: DrillShareTask, plan: Plan): SharedJourneys {
  const system = order.system === undefined ? undefined : SYSTEMS[order.system];
  const own = system?.shareJourneys?.(share);
  const { requests } = order;
  const usersOf = (feed: string): ReadonlySet<string> =>
    new Set(Object.entries(requests).flatMap(([name, each]) => (feedsOf(each).includes(feed) ? [name] : [])));
  const plain = plainJourneys(requests, feedsOfOrder(order), (feed) =>
    turnsInPlan((arrival) => plan.journeyOf(arrival), usersOf(feed)),
  );
  return { journeys: [...(own?.journeys ?? []), ...plain], news: () => own?.news() };
}
