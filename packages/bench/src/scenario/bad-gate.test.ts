import { describe, expect, it } from 'vitest';
import { brief, changed, goodText, problemsOf, warningsOf } from '../../test/fixture/read-scenario.ts';

describe('a gate that means nothing is named with its place and what was meant', () => {
  it.each(
    [
      // Gates
      ['availability >= 99%', 'availabilty >= 99%', '20:5 unknown metric `availabilty` | availability'],
      [
        'availability >= 99%',
        'availability >= 99',
        '20:21 `availability` is compared with a share such as 95% or 99.9%, not with `99`',
      ],
      [
        'availability >= 99%',
        'availability >= 99ms',
        '20:21 `availability` is compared with a share such as 95% or 99.9%, not with `99ms`',
      ],
      [
        'availability >= 99%',
        'availability >= 99% over 10s',
        '20:30 `availability` is a figure of the whole drill and takes no `over`',
      ],
      [
        'availability >= 99%',
        'p99 < 500ms over ten',
        '20:22 `over` is followed by the length of a window, such as 10s, not by `ten`',
      ],
      [
        'availability >= 99%',
        'p99 < 500ms over',
        '20:21 `over` is followed by the length of a window, such as 10s, not by ``',
      ],
      [
        'availability >= 99%',
        'p99 < 500ms over 10m',
        '20:17 a window of 10m is longer than the measured 45s',
      ],
      [
        'availability >= 99%',
        'p99 < 500ms over 50ms',
        '20:17 a window of 50ms is shorter than a slice, 200ms: write that or more',
      ],
      ['availability >= 99%', 'availability => 99%', '20:18 expected a comparison after `availability`'],
      ['availability >= 99%', 'availability >=', '20:20 expected a limit after `>=`'],
      [
        'availability >= 99%',
        '">= 99%"',
        '20:5 a gate begins with the name of a metric, such as availability',
      ],
      ['availability >= 99%', 'availability{during=hole} >= 99%', '20:18 `availability` takes no labels'],
      ['availability >= 99%', 'availability > 100%', '20:20 no measurement could ever be > 100%'],
      ['availability >= 99%', 'max < 0ms', '20:11 no measurement could ever be < 0ms'],
      [
        'availability >= 99%',
        'recovery <= 3s',
        '20:5 `recovery` needs the label `fault`, as in recovery{fault=…}',
      ],
      ['availability >= 99%', 'recovery{fault=hole,from=begin} <= 3s', '20:30 unknown from `begin`'],
      ['availability >= 99%', 'count{outcome=timeuot} == 0', '20:19 unknown outcome `timeuot` | timeout'],
      [
        'availability >= 99%',
        'count{outcome=timeout} == 0%',
        '20:31 `count` is compared with a number such as 0, 1 or 250, not with `0%`',
      ],
      ['availability >= 99%', 'p99{rute=product} < 1s', '20:9 unknown label `rute` of `p99` | route'],
      ['availability >= 99%', 'p99{route=prodct} < 1s', '20:15 unknown route `prodct` | product'],
      ['availability >= 99%', 'p99{route} < 1s', '20:9 the label `route` needs a value, as in route=…'],
      ['availability >= 99%', 'p99{route=} < 1s', '20:15 the label `route` has no value after its ='],
      [
        'availability >= 99%',
        'p99{route=product,route=search} < 1s',
        '20:23 the label `route` is given twice',
      ],
      [
        'availability >= 99%',
        'p99{route=product < 1s',
        '20:23 expected a comma or the closing } of the labels here',
      ],
      ['availability >= 99%', 'p99{during=hoel} < 1s', '20:16 unknown phase `hoel` | hole'],
      ['availability >= 99%', 'p99{journey=brose} < 1s', '20:17 unknown journey `brose` | browse'],
      [
        'availability >= 99%',
        'p99{journey=browse,route=search} < 1s',
        '20:30 the journey `browse` never requests the route `search`',
      ],
      [
        'availability >= 99%',
        'breaker{name=catalog.reids} >= 1',
        '20:18 unknown breaker `catalog.reids` | catalog.redis',
      ],
      [
        'availability >= 99%',
        'breaker{name=catalog.redis,opened=yes} >= 1',
        '20:39 the label `opened` takes no value',
      ],
      [
        'availability >= 99%',
        'breaker{name=catalog.redis,opened,refused} >= 1',
        '20:39 `breaker` can be asked for `opened` or `refused`, not for both',
      ],
      // Expressions elsewhere
      [
        'down: success < 95%',
        'down: success <= 95%',
        '15:36 a slice is judged by its share of success only, as in `success < 95%`',
      ],
      [
        'down: success < 95%',
        'down: p99 < 1s',
        '15:36 a slice is judged by its share of success only, as in `success < 95%`',
      ],
      [
        'success >= 99%, p99',
        'outage < 1s, p99',
        '16:15 `outage` cannot be part of a steady state, which is about requests in a phase',
      ],
      [
        'steadyState: [success >= 99%, p99 < 250ms]',
        'steadyState: ["p99{during=hole} < 1s"]',
        '16:20 a steady state takes no `during`: it is asked before the first fault and at the end',
      ],
      [
        'success < 50% for 5s',
        'success < 50%',
        '25:8 an abort condition says for how long, as in `success < 50% for 5s`',
      ],
      [
        'success < 50% for 5s',
        'success < 50% for 5',
        '25:26 expected a duration of 100ms or more after `for`, such as 5s',
      ],
      [
        'success < 50% for 5s',
        'p99 > 1s for 5s',
        '25:8 `p99 > 1s` cannot be watched during a drill; an abort condition is about one of these, without labels',
      ],
    ].map(([from = '', to = '', ...expected]) => ({ from, to, expected })),
  )('$from → $to', ({ from, to, expected }) => {
    expect(problemsOf(changed(from, to)).map(brief)).toEqual(expected);
  });
});

const withGate = (gate: string, text = goodText): string => text.replace('availability >= 99%', gate);

describe('a name that exists but has no part in this drill', () => {
  it('is explained: a route that only a journey outside the mix requests', () => {
    const text = withGate('p99{route=order-create} < 1s', changed('checkout: 15', 'checkout: 0'));
    expect(problemsOf(text).map(brief)).toEqual([
      '20:15 the route `order-create` is requested by checkout only, which load.mix leaves out',
    ]);
  });

  it('is explained: a journey without weight', () => {
    const text = withGate('p99{journey=checkout} < 1s', changed('checkout: 15', 'checkout: 0'));
    expect(problemsOf(text).map(brief)).toEqual(['20:17 the journey `checkout` has no weight in load.mix']);
  });

  it.each([
    ['warmup', changed(', warmup: true', ''), 'there is no phase `warmup`: no stage has `warmup: true`'],
    [
      'recovery',
      changed('for: 15s, link', 'for: 35s, link'),
      'there is no phase `recovery`: no measured time is left after a fault',
    ],
    [
      'recovery',
      goodText.replace(/faults:\n.*\n/, '').replaceAll(/ {2}- (?:p99|recovery).*\n/g, ''),
      'there is no phase `recovery`: no measured time is left after a fault',
    ],
    [
      'baseline',
      changed('at: 15s', 'at: 5s').replace(/steadyState.*\n/, ''),
      'there is no phase `baseline`: a fault is on from the first measured moment',
    ],
  ])('is explained: the phase %s', (phase, text, message) => {
    expect(problemsOf(withGate(`p99{during=${phase}} < 1s`, text)).map((problem) => problem.message)).toEqual(
      [message],
    );
  });

  it('is explained: a steady state without a time to ask it in', () => {
    expect(problemsOf(changed('at: 15s', 'at: 5s')).map(brief)).toEqual([
      '16:1 a steady state is asked before the first fault, but a fault is on from the first measured moment',
    ]);
  });

  it('is a warning only for a breaker that other policies have', () => {
    expect(warningsOf(changed('cache: opossum', 'cache: none')).map(brief)).toEqual([
      '23:5 there is no breaker `catalog.redis` under the policies of this scenario, so the gate cannot be told',
    ]);
  });

  it('is refused: a store of ours when the stores are external', () => {
    const text = changed('link: "*->redis", toxic: timeout', 'process: redis, action: kill');
    const [problem] = problemsOf(text, { topology: 'external' });
    expect(problem?.message).toBe('no process matches `redis`');
    expect(problem?.accepted).toEqual(['catalog/1', 'catalog/2', 'orders/1', 'orders/2', 'worker/1']);
  });
});
