import { shop } from '@stormcart/sut';
import { describe, expect, it } from 'vitest';
import { goodText, scenarioOf } from '../../test/fixture/read-scenario.ts';
import { createPlan, type Plan } from '../plan/plan.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { assertShareable } from './assert-shareable.ts';
import { drillOrderOf, drillPlanOf } from './drill-order.ts';
import { parseShareTask, shareTasks } from './share-task.ts';

const TARGET = { runId: 'run-1', url: 'http://10.0.0.7/', trust: { kind: 'usual' } } as const;

const request = { method: 'GET', path: '/{users.name}', headers: {}, pick: {}, timeout: 300 } as const;

function withLoad(part: Partial<Scenario['load']>, rest: Partial<Scenario> = {}): Scenario {
  const scenario = scenarioOf(goodText);
  return { ...scenario, ...rest, load: { ...scenario.load, ...part } };
}

/** A scenario with everything that travels. */
const everything = withLoad(
  {
    mix: { browse: 3, profile: 1 },
    arrivals: 'poisson',
    habits: { think: { kind: 'exponential', meanMs: 200, maxMs: 900 }, popularity: 0.8 },
    stages: [
      { kind: 'constant', forMs: 1_000, isWarmup: true, perSecond: 20 },
      { kind: 'ramp', forMs: 2_000, isWarmup: false, fromPerSecond: 10, toPerSecond: 40 },
      { kind: 'steps', forMs: 2_000, isWarmup: false, fromPerSecond: 10, toPerSecond: 40, steps: 3 },
      { kind: 'spike', forMs: 2_000, isWarmup: false, perSecond: 10, spikePerSecond: 90, spikeForMs: 300 },
      {
        kind: 'replay',
        forMs: 500,
        isWarmup: false,
        recorded: { timesMs: Float64Array.of(0.1, 7 / 3, 400), journeys: ['browse', 'profile', 'browse'] },
      },
    ],
  },
  {
    requests: { profile: request },
    feeds: new Map([
      [
        'users',
        {
          file: 'users.csv',
          order: 'once',
          records: { fields: ['name'], rows: [['a'], ['b']], lines: [2, 3] },
        },
      ],
    ]),
  },
);

const journeys = (plan: Plan): readonly string[] =>
  Array.from({ length: plan.count }, (_, index) => plan.journeyOf(index));

describe('the order of a drill', () => {
  it('is the same plan on the other side of the wire', () => {
    const [task] = shareTasks(drillOrderOf(everything, TARGET), 3);
    const { order, share } = parseShareTask(JSON.parse(JSON.stringify(task)));
    if (order.kind !== 'drill') throw new Error('it is a drill');
    expect(order).toEqual(task?.order);
    expect(share).toEqual({ index: 0, of: 3 });
    const { load, seed } = everything;
    const here = createPlan(load.stages, { seed, arrivals: load.arrivals, mix: load.mix });
    const there = drillPlanOf(order);
    expect([...there.startTimes()]).toEqual([...here.startTimes()]);
    expect(journeys(there)).toEqual(journeys(here));
    expect(there.totalMs).toBe(here.totalMs);
  });

  it('is given out for the shop, and for plain requests to any system', () => {
    expect(() => assertShareable(everything, shop, 3)).not.toThrow();
    const { shareJourneys: _, ...foreign } = shop;
    const plain = withLoad({ mix: { profile: 1 } }, { requests: { profile: request } });
    expect(() => assertShareable(plain, foreign, 3)).not.toThrow();
    expect(drillOrderOf(plain, TARGET).system).toBeUndefined();
  });

  it('is refused where others do not have the code of its journeys, or would have to be told too much', () => {
    const { shareJourneys: _, ...foreign } = shop;
    const own = withLoad(
      { mix: { browse: 1, profile: 1 } },
      { requests: { profile: request }, sut: './mine.ts' },
    );
    expect(() => assertShareable(own, foreign, 3)).toThrow(
      'cannot be shared out to agents: the code of its journey browse is in ./mine.ts',
    );
    const rows = Array.from({ length: 100_000 }, (__, index) => [`somebody-with-a-long-name-${index}`]);
    const feeds = new Map([
      ['users', { file: 'u.csv', order: 'once' as const, records: { fields: ['name'], rows, lines: [] } }],
    ]);
    expect(() => assertShareable({ ...everything, feeds }, shop, 2)).not.toThrow();
    expect(() => assertShareable({ ...everything, feeds }, shop, 200)).toThrow('at most 64 MiB travel');
  });
});
