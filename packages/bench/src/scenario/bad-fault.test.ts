import { describe, expect, it } from 'vitest';
import { brief, changed, problemsOf } from '../../test/fixture/read-scenario.ts';

describe('a fault or stage that cannot be is named with its place', () => {
  it.each(
    [
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
      // Requests on a link
      ['toxic: timeout', 'http: abort', '18:41 `*->redis` carries no plain HTTP, which this fault works on'],
      [
        'link: "*->redis", toxic: timeout',
        'link: "balancer->order/*", http: abort',
        '18:41 no link matches `balancer->order/*` | balancer->orders/*',
      ],
      [
        'link: "*->redis", toxic: timeout',
        'link: ["balancer->*", "catalog->redis"], http: delay, delay: 1s',
        '18:57 `catalog->redis` carries no plain HTTP, which this fault works on',
      ],
      [
        'link: "*->redis", toxic: timeout',
        'link: "*->payment", http: lose_reply, ending: reste',
        '18:81 `ending` cannot be `reste` | reset',
      ],
      [
        'link: "*->redis", toxic: timeout',
        'link: "*->payment", http: loose_reply',
        '18:61 `http` cannot be `loose_reply` | lose_reply',
      ],
      [
        'link: "*->redis", toxic: timeout',
        'link: "*->payment", http: abort, route: post /charges',
        '18:75 expected something like POST /api/orders*, found "post /charges"',
      ],
      [
        'link: "*->redis", toxic: timeout',
        'link: "*->payment", http: abort, status: 99, latency: 1s',
        '18:76 `status` must be at least 200, found 99',
        '18:80 unknown key `latency`',
      ],
      ['link: "*->redis", toxic: timeout', 'link: "*->payment", http: delay', '18:5 `delay` is missing'],
      // The world
      [
        'link: "*->redis", toxic: timeout',
        'world: paiment, action: decline',
        '18:42 no part of the world matches `paiment` | payment',
      ],
      ['link: "*->redis", toxic: timeout', 'world: mail, action: decline', '18:42 `mail` cannot do this'],
      [
        'link: "*->redis", toxic: timeout',
        'world: payment, action: declin',
        '18:59 `action` cannot be `declin` | decline',
      ],
      // Stores
      [
        'link: "*->redis", toxic: timeout',
        'store: redis, action: flsh',
        '18:57 `action` cannot be `flsh` | flush',
      ],
      [
        'link: "*->redis", toxic: timeout',
        'store: rediss, action: flush',
        '18:42 no store matches `rediss` | redis',
      ],
      [
        'link: "*->redis", toxic: timeout',
        'store: mariadb, action: flush',
        '18:59 `flush` happens to Redis, and `mariadb` is a MariaDB',
      ],
      [
        'link: "*->redis", toxic: timeout',
        'store: "*", action: kill_node',
        '18:55 `kill_node` happens to MariaDB or RabbitMQ, and `redis` is a Redis',
      ],
      [
        'link: "*->redis", toxic: timeout',
        'store: mariadb, action: isolate_node',
        '18:59 `isolate_node` needs a replicated store, and `mariadb` stands alone: there is nobody to be cut off from',
      ],
      ['link: "*->redis", toxic: timeout', 'store: mariadb, action: lock_table', '18:5 `table` is missing'],
      [
        'link: "*->redis", toxic: timeout',
        'store: rabbitmq, action: poison_message, queue: cart, count: 0',
        '18:96 `count` must be at least 1, found 0',
      ],
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
      [
        '{for: 45s, rate: 40/s}',
        '{for: 45s, rate: 40/s, spike: 90/s, spikeFor: 46s}',
        '14:53 the spike lasts 46s, longer than its stage of 45s',
      ],
      ['{for: 45s, rate: 40/s}', '{for: 45s, rate: 40/s, spike: 90/s}', '14:7 `spikeFor` is missing'],
      [
        '{for: 45s, rate: 40/s}',
        '{for: 45s, from: 40/s, to: 80/s, steps: 1}',
        '14:47 `steps` must be at least 2, found 1',
      ],
      [
        '{for: 45s, rate: 40/s}',
        '{for: 45s, replay: arivals.csv}',
        '14:26 cannot read arivals.csv: no such file',
      ],
      ['slice: 200ms', 'slice: 46s', '15:23 a slice is longer than the measured time'],
    ].map(([from = '', to = '', ...expected]) => ({ from, to, expected })),
  )('$from → $to', ({ from, to, expected }) => {
    expect(problemsOf(changed(from, to)).map(brief)).toEqual(expected);
  });
});
