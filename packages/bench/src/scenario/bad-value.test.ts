import { describe, expect, it } from 'vitest';
import { brief, changed, problemsOf } from '../../test/fixture/read-scenario.ts';

describe('a wrong key or value is named with its place and what was meant', () => {
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
      [
        'toxic: timeout}',
        'toxic: timeout, share: 0%}',
        '18:76 `share`: must be between 0.01% and 100%, found 0%',
      ],
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
      [
        'mix: {browse: 70, search: 15, checkout: 15}',
        'mix: window-shoping',
        '11:8 `mix` cannot be `window-shoping` | window-shopping',
      ],
      [
        'mix: {browse: 70, search: 15, checkout: 15}',
        'mix: 5',
        '11:8 `mix` must be a map, found the number 5',
        '21:15 the route `product` is requested by browse and search only, which load.mix leaves out',
      ],
      ['browse: 70', 'brwose: 70', '11:9 unknown key `brwose` | browse'],
      [
        '{browse: 70, search: 15, checkout: 15}',
        '{browse: 0}',
        '11:8 no journey has a weight above 0, so there is nothing to send',
        '21:15 the route `product` is requested by browse and search only, which load.mix leaves out',
      ],
      [
        'stages:',
        'think: 3\n  stages:',
        '12:10 `think`: expected how long customers think, found 3; write it like 2s, 500ms..3s or {mean: 7s, max: 70s}',
      ],
      [
        'stages:',
        'think: 3s..500ms\n  stages:',
        '12:10 `think`: "3s..500ms" ends before it begins; write it like 2s, 500ms..3s or {mean: 7s, max: 70s}',
      ],
      [
        'stages:',
        'think: 1s..2h\n  stages:',
        '12:10 `think`: customers think 1h at most, found "1s..2h"; write it like 2s, 500ms..3s or {mean: 7s, max: 70s}',
      ],
      ['stages:', 'think: {mean: 7s}\n  stages:', '12:3 `max` is missing'],
      [
        'stages:',
        'think: {mean: 7s, maxx: 9s}\n  stages:',
        '12:3 `max` is missing',
        '12:21 unknown key `maxx` | max',
      ],
      ['stages:', 'popularity: {zipf: -1}\n  stages:', '12:22 `zipf` must be at least 0, found -1'],
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
    ].map(([from = '', to = '', ...expected]) => ({ from, to, expected })),
  )('$from → $to', ({ from, to, expected }) => {
    expect(problemsOf(changed(from, to)).map(brief)).toEqual(expected);
  });
});
