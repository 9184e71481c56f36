import { describe, expect, it } from 'vitest';
import { brief, changed, goodText, problemsOf, warningsOf } from '../../test/fixture/read-scenario.ts';

const KEYS =
  'version, name, about, hypothesis, seed, topology, services, policies, balancer, load, availability, steadyState, faults, gates, audit, abort';

describe('a wrong piece is named with its place and what was meant', () => {
  it.each(
    [
      // Keys
      ['policies:', 'polices:', '8:1 unknown key `polices` | policies'],
      ['  mix:', '  mixx:', '10:1 `mix` is missing', '11:3 unknown key `mixx` | mix'],
      ['rate: 40/s, warmup: true', 'rate: 40/s, warmpu: true', '13:29 unknown key `warmpu` | warmup'],
      ['orders: 2', 'ordres: 2', '7:24 unknown key `ordres` | orders'],
      ['algorithm: round-robin', 'algoritm: round-robin', '9:12 unknown key `algoritm` | algorithm'],
      ['slice: 200ms', 'slices: 200ms', '15:16 unknown key `slices` | slice'],
      ['toxic: timeout}', 'toxic: timeout, jitter: 5ms}', '18:69 unknown key `jitter`'],
      ['toxic: timeout}', 'toxic: down, direction: both}', '18:66 unknown key `direction`'],
      ['audit: all', 'audti: all', '24:1 unknown key `audti` | audit'],
      ['seed: 42', '<<: {seed: 42}', '5:1 unknown key `<<`'],
      ['seed: 42', '? [a, b]\n: 1', '5:3 a key is a word here, not a list, a map or an alias'],
      // What is missing
      ['version: 1\n', '', '1:1 `version` is missing'],
      ['name: redis-blackhole\n', '', '1:1 `name` is missing'],
      ['id: hole, ', '', '18:5 `id` is missing'],
      ['at: 15s, ', '', '18:5 `at` is missing'],
      ['toxic: timeout', 'toxic: latency', '18:5 `latency` is missing'],
      [', toxic: timeout', '', '18:5 `toxic` is missing'],
      ['link: "*->redis", ', '', '18:5 `link` is missing'],
      ['about: Redis stops answering without closing connections.', 'about:', '3:7 `about` has no value'],
      // Units
      [
        '{for: 45s, rate: 40/s}',
        '{for: 45, rate: 40/s}',
        '14:13 `for`: 45 has no unit; write it like 250ms, 15s, 2m or 1h',
      ],
      [
        '{for: 45s, rate: 40/s}',
        '{for: "45", rate: 40/s}',
        '14:13 `for`: 45 has no unit; write it like 250ms, 15s, 2m or 1h',
      ],
      [
        '{for: 45s, rate: 40/s}',
        '{for: 45s, rate: 40}',
        '14:24 `rate`: 40 has no unit; write it like 40/s or 600/m',
      ],
      [
        '{for: 45s, rate: 40/s}',
        '{for: 45s, rate: 40ms}',
        '14:24 `rate`: expected a rate, found "40ms"; write it like 40/s or 600/m',
      ],
      [
        '{for: 45s, rate: 40/s}',
        '{for: -45s, rate: 40/s}',
        '14:13 `for`: expected a duration, found "-45s"; write it like 250ms, 15s, 2m or 1h',
      ],
      [
        '{for: 45s, rate: 40/s}',
        '{for: 0s, rate: 40/s}',
        '14:13 `for`: must be between 1ms and 24h, found 0s',
      ],
      ['{for: 45s, rate: 40/s}', '{for: 45s, from: 40/s}', '14:7 `to` is missing'],
      [
        '{for: 45s, rate: 40/s}',
        '{for: 45s, from: 40/s, to: 60/s, rate: 1/s}',
        '14:18 unknown key `from`',
        '14:30 unknown key `to`',
      ],
      [
        'objective: 99%',
        'objective: 0.99',
        '15:62 `objective`: 0.99 has no unit; write it like 95% or 99.9%',
      ],
      [
        'objective: 99%',
        'objective: 990%',
        '15:62 `objective`: expected a share, found "990%"; write it like 95% or 99.9%',
      ],
      ['toxic: timeout}', 'toxic: timeout, share: 0%}', '18:76 `share`: must be at least 0.01%, found 0%'],
      // Values
      ['version: 1', 'version: 2', '1:10 `version` must be 1, found the number 2'],
      [
        'name: redis-blackhole',
        'name: Redis Hole',
        '2:7 a name is 1 to 60 lower-case letters, digits and dashes; it names the run directory, found "Redis Hole"',
      ],
      [
        'name: redis-blackhole',
        'name: ../../etc',
        '2:7 a name is 1 to 60 lower-case letters, digits and dashes; it names the run directory, found "../../etc"',
      ],
      ['seed: 42', 'seed: 4.2', '5:7 `seed` must be a whole number, found the number 4.2'],
      ['seed: 42', 'seed: -1', '5:7 `seed` must be at least 0, found -1'],
      ['seed: 42', 'seed: .nan', '5:7 `seed` must be a number, found the number NaN'],
      ['topology: single', 'topology: singel', '6:11 `topology` cannot be `singel` | single'],
      ['catalog: 2,', 'catalog: 5,', '7:21 `catalog` must be at most 4, found 5'],
      ['catalog: 2,', 'catalog: 0,', '7:21 `catalog` must be at least 1, found 0'],
      ['cache: opossum', 'cache: opossom', '8:19 `cache` cannot be `opossom` | opossum'],
      [
        'algorithm: round-robin',
        'algorithm: roundrobin',
        '9:23 `algorithm` cannot be `roundrobin` | round-robin',
      ],
      ['browse: 70', 'browse: -70', '11:17 `browse` must be at least 0, found -70'],
      ['browse: 70', 'browse: 70%', '11:17 `browse` must be a number, found "70%"'],
      ['browse: 70', 'brwose: 70', '11:9 unknown key `brwose` | browse'],
      [
        '{browse: 70, search: 15, checkout: 15}',
        '{browse: 0}',
        '11:8 no journey has a weight above 0, so there is nothing to send',
        '21:15 the route `product` is requested by browse and search only, which load.mix leaves out',
      ],
      ['warmup: true', 'warmup: yes', '13:37 `warmup` must be true or false, found "yes"'],
      ['audit: all', 'audit: al', '24:8 `audit` cannot be `al` | all'],
      [
        'audit: all',
        'audit: [stock-conservd]',
        '24:9 `audit[0]` cannot be `stock-conservd` | stock-conserved',
      ],
      ['toxic: timeout', 'toxic: timeuot', '18:60 `toxic` cannot be `timeuot` | timeout'],
      [
        'id: hole',
        'id: Hole',
        '18:10 a fault id is 1 to 40 lower-case letters, digits and dashes, beginning with a letter, found "Hole"',
        '21:30 unknown phase `hole` | Hole',
        '22:20 unknown fault `hole` | Hole',
      ],
      ['toxic: timeout', 'toxic: timeout, direction: up', '18:80 `direction` cannot be `up`'],
      // Kinds
      [
        'services: {catalog: 2, orders: 2, worker: 1}',
        'services: [catalog]',
        '7:11 `services` must be a map, found a list',
      ],
      ['services: {catalog: 2, orders: 2, worker: 1}', 'services:', '7:10 `services` has no value'],
      ['about: Redis stops', 'about: 17 #', '3:8 `about` must be a text, found the number 17'],
      ['  - availability >= 99%', '  - 99', '20:5 `gates[0]` must be a text, found the number 99'],
      ['  - availability >= 99%', '  -', '20:4 `gates[0]` has no value'],
      ['  - availability >= 99%', '  - availability: 99%', '20:5 `gates[0]` must be a text, found a map'],
      [
        'steadyState: [success >= 99%, p99 < 250ms]',
        'steadyState: success >= 99%',
        '16:14 `steadyState` must be a list, found "success >= 99%"',
      ],
      // Links and processes
      ['"*->redis"', '"*->reddis"', '18:41 no link matches `*->reddis` | *->redis'],
      ['"*->redis"', 'catalog->reids', '18:41 no link matches `catalog->reids` | catalog->redis'],
      ['"*->redis"', '["*->redis", "orders->*x"]', '18:54 no link matches `orders->*x` | orders->*'],
      ['"*->redis"', '[]', '18:41 `link` needs at least 1 entry, found none'],
      [
        'link: "*->redis", toxic: timeout',
        'process: order/1, action: kill',
        '18:44 no process matches `order/1` | orders/1',
      ],
      [
        'link: "*->redis", toxic: timeout',
        'process: orders/3, action: kill',
        '18:44 no process matches `orders/3` | orders/1',
      ],
      [
        'link: "*->redis", toxic: timeout',
        'process: redis, action: kil',
        '18:59 `action` cannot be `kil` | kill',
      ],
      ['link: "*->redis", toxic: timeout', 'process: redis, toxic: timeout', '18:5 `action` is missing'],
      // Faults and time
      ['at: 15s', 'at: 50s', '18:20 the fault begins at 50s, but the load is over after 50s'],
      ['for: 15s, link', 'for: 36s, link', '18:30 the fault lasts until 51s, but the load is over after 50s'],
      [
        'at: 15s, for: 15s',
        'at: 1s, for: 4s',
        '18:20 the fault is over before the warm-up ends at 5s, so nothing of it would be measured',
      ],
      [
        'id: hole',
        'id: baseline',
        '18:10 the id `baseline` is the name of a phase; choose another',
        '21:30 unknown phase `hole`',
        '22:20 unknown fault `hole`',
      ],
      [
        'toxic: timeout}',
        'toxic: timeout}\n  - {id: hole, at: 20s, for: 5s, link: "*->redis", toxic: down}',
        '19:10 the id `hole` is already taken by a fault above',
      ],
      // Stages
      [
        '{for: 45s, rate: 40/s}',
        '{for: 45s, rate: 40/s, warmup: true}',
        '13:5 every stage is warm-up, so nothing would be measured; add a stage without `warmup: true`',
      ],
      [
        '{for: 45s, rate: 40/s}',
        '{for: 45s, rate: 40/s}\n    - {for: 5s, rate: 1/s, warmup: true}',
        '15:36 a warm-up stage cannot come after a measured one',
      ],
      ['{for: 45s, rate: 40/s}', '{for: 45s, rate: 0/s}', '13:5 the measured stages plan no request at all'],
      [
        '{for: 45s, rate: 40/s}',
        '{for: 20h, rate: 2000/s}',
        '13:5 the stages add up to 144000200 arrivals; at most 100000000 can be planned',
      ],
      ['slice: 200ms', 'slice: 46s', '15:23 a slice is longer than the measured time'],
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

describe('a doubtful piece is a warning', () => {
  it.each([
    [
      'availability >= 99%',
      'availability >= 99.9%',
      '20:5 `availability >= 99.9%` is finer than this drill can tell: one slice of 200ms is already 0.44% of the measured 45s, so this asks for no slice down at all; write 100%, or make slices shorter or the load longer',
    ],
    [
      'recovery{fault=hole} <= 3s',
      'recovery{fault=hole} <= 100ms',
      '22:5 `recovery{fault=hole} <= 100ms` is finer than this drill can tell: it is measured in slices of 200ms, so this asks for 0; write 200ms or more, or make slices shorter',
    ],
    [
      'availability >= 99%',
      'outage < 150ms',
      '20:5 `outage < 150ms` is finer than this drill can tell: it is measured in slices of 200ms, so this asks for 0; write 200ms or more, or make slices shorter',
    ],
    [
      'availability >= 99%',
      'p99{journey=checkout,during=hole} < 1s',
      '20:5 `p99{journey=checkout,during=hole} < 1s` is finer than this drill can tell: about 90 requests are planned for it, too few to tell p99 from the slowest one; use max, or a longer load',
    ],
    [
      'availability >= 99%',
      'success{during=hole} >= 99.9%',
      '20:5 `success{during=hole} >= 99.9%` is finer than this drill can tell: about 600 requests are planned for it, so one failure already misses it; write 100% or a lower share',
    ],
    ['at: 15s', 'at: 4s', '18:20 the fault begins in the warm-up, so what it does before 5s is not measured'],
    [
      'for: 15s, link',
      'for: 34.5s, link',
      '18:30 only 500ms of load is left after the fault, too little to see a recovery (three slices of 200ms)',
    ],
    [
      'slice: 200ms',
      'slice: 10ms',
      '15:23 a slice gets 0.4 requests on average; slices without any only repeat the state before them, so make slices longer or the rate higher',
    ],
  ])('%s → %s', (from, to, expected) => {
    const text = changed(from, to).replace(from === 'at: 15s' ? /steadyState.*\n/ : /$^/, '# steady\n');
    expect(warningsOf(text).map(brief)).toEqual([expected]);
  });

  it.each([
    'availability >= 100%',
    'availability >= 99.5%',
    'outage <= 0ms',
    'success >= 99.9%',
    'p99.9 < 1s',
  ])('%s can be told', (gate) => {
    expect(warningsOf(changed('availability >= 99%', gate))).toEqual([]);
  });

  it('when nothing in it could fail', () => {
    const text = goodText
      .replace(/gates:\n(?: {2}.*\n)+/, '')
      .replace(/steadyState.*\n/, '')
      .replace('audit: all', 'audit: []');
    expect(warningsOf(text).map(brief)).toEqual([
      '1:1 without gates, a steady state and an audit this drill cannot fail',
    ]);
  });
});

describe('several problems', () => {
  it('are reported together, in the order of the text', () => {
    const text = changed('policies:', 'polices:')
      .replace('for: 45s', 'for: 45')
      .replace('*->redis', '*->reddis')
      .replace('availability >=', 'availabilty >=')
      .replace('audit: all', 'audit: none');
    expect(problemsOf(text).map(brief)).toEqual([
      '8:1 unknown key `polices` | policies',
      '14:13 `for`: 45 has no unit; write it like 250ms, 15s, 2m or 1h',
      '18:41 no link matches `*->reddis` | *->redis',
      '20:5 unknown metric `availabilty` | availability',
      '24:8 `audit` cannot be `none`',
    ]);
  });

  it('carry their path and what would be accepted', () => {
    expect(problemsOf(changed('policies:', 'polices:'))).toEqual([
      {
        line: 8,
        column: 1,
        path: 'polices',
        message: 'unknown key `polices`',
        suggestion: 'policies',
        accepted: KEYS.split(', '),
      },
    ]);
    expect(problemsOf(changed('{for: 45s, rate: 40/s}', '{for: 45s, rate: 40}'))[0]?.path).toBe(
      'load.stages[1].rate',
    );
  });
});
