import { createHash } from 'node:crypto';
import type { Feed } from '../own-system/feed/feed.ts';
import type { Stage } from '../plan/stage.ts';
import { type Leaves, leavesOf } from './leaves.ts';
import type { Scenario } from './scenario.ts';

/**
 * What of a scenario shapes what a drill measures, leaf by leaf, so that two runs can be told apart long after their
 * files have changed. Not in it: the seed and the system's shape, which reports tell by themselves, and what only
 * judges (gates, steady state) or is only read (sentences).
 */
export function scenarioContent(scenario: Scenario): Leaves {
  const { load, availability, faults, abort, audit, sut, external, requests, feeds } = scenario;
  return leavesOf({
    sut,
    external,
    requests,
    feeds: feeds && Object.fromEntries([...feeds].map(([name, feed]) => [name, feedDigest(feed)])),
    load: {
      ...load,
      stages: load.stages.map(withDigest),
    },
    availability,
    faults,
    audit,
    abort: abort === undefined ? undefined : `${abort.condition.text} for ${abort.forMs} ms`,
  });
}

/** So many records; their digest tells them from others. */
function feedDigest({ file, order, records: { fields, rows } }: Feed): unknown {
  const hash = createHash('sha256').update(JSON.stringify(fields));
  for (const row of rows) hash.update(JSON.stringify(row));
  return { file, order, records: `${rows.length} records, sha256 ${hash.digest('hex').slice(0, 16)}` };
}

/** A recording has one number for each arrival; its digest tells it from another as well. */
function withDigest(stage: Stage): unknown {
  if (stage.kind !== 'replay') return stage;
  const { timesMs, journeys } = stage.recorded;
  const digest = createHash('sha256').update(timesMs).update(journeys.join('\n')).digest('hex');
  return { ...stage, recorded: `${timesMs.length} arrivals, sha256 ${digest.slice(0, 16)}` };
}
