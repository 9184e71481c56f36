import { describe, expect, it } from 'vitest';
import { paperShop } from '../../test/fixture/paper-shop.ts';
import {
  ARRIVALS_FILE,
  changed,
  goodText,
  problemsOf,
  scenarioOf,
  warningsOf,
} from '../../test/fixture/read-scenario.ts';
import { describeFault } from '../drill/describe-fault.ts';
import { parseScenario } from './parse-scenario.ts';
import { starterScenario } from './starter.ts';

describe('a right scenario', () => {
  it('is read into base units and full names', () => {
    expect(scenarioOf(goodText)).toMatchObject({
      file: 'drill.yaml',
      name: 'redis-blackhole',
      seed: 42,
      scale: 1,
      config: {
        topology: 'single',
        services: { catalog: 2, orders: 2, worker: 1 },
        policies: { cache: 'opossum', payment: 'cockatiel' },
        algorithm: 'round-robin',
      },
      load: {
        mix: { browse: 70, search: 15, checkout: 15 },
        stages: [
          { kind: 'constant', forMs: 5_000, perSecond: 40, isWarmup: true },
          { kind: 'constant', forMs: 45_000, perSecond: 40, isWarmup: false },
        ],
        maxInFlight: 2_000,
        timeoutMs: 5_000,
        arrivals: 'constant',
      },
      availability: { sliceMs: 200, downBelow: 0.95, objective: 0.99 },
      audit: 'all',
      abort: { condition: { metric: 'success', operator: '<', limit: 0.5 }, forMs: 5_000 },
    });
  });

  it.each([
    ['think: 2s', { think: { kind: 'uniform', minMs: 2_000, maxMs: 2_000 } }],
    ['think: 500ms..3s', { think: { kind: 'uniform', minMs: 500, maxMs: 3_000 } }],
    ['think: {mean: 7s, max: 70s}', { think: { kind: 'exponential', meanMs: 7_000, maxMs: 70_000 } }],
    ['popularity: {zipf: 1.1}', { popularity: 1.1 }],
    ['popularity: {zipf: 0}', { popularity: 0 }],
  ])('reads %s into what customers are like', (line, habits) => {
    expect(scenarioOf(changed('stages:', `${line}\n  stages:`)).load.habits).toEqual(habits);
  });

  it("takes a mix by name for the system's weights", () => {
    const text = changed('mix: {browse: 70, search: 15, checkout: 15}', 'mix: window-shopping');
    expect(scenarioOf(text).load.mix).toEqual({ browse: 9, search: 0.5, checkout: 0.5 });
  });

  it('warns of nothing', () => {
    expect(warningsOf(goodText)).toEqual([]);
  });

  it('keeps each gate with its text and line', () => {
    expect(scenarioOf(goodText).gates.map(({ line, text }) => [line, text])).toEqual([
      [20, 'availability >= 99%'],
      [21, 'p99{route=product,during=hole} < 400ms'],
      [22, 'recovery{fault=hole} <= 3s'],
      [23, 'breaker{name=catalog.redis,opened} >= 1'],
    ]);
  });

  it('reads faults on requests and on the world, and puts them into words', () => {
    const text = changed(
      '  - {id: hole, at: 15s, for: 15s, link: "*->redis", toxic: timeout}',
      [
        '  - {id: hole, at: 15s, for: 15s, link: "*->*", http: abort, retry_after: 2s, route: "POST /api/*", share: 30%, max_active: 3}',
        '  - {id: no, at: 20s, for: 5s, world: "*", action: decline, share: 50%}',
      ].join('\n'),
    );
    const { faults } = scenarioOf(text);
    expect(faults.map(({ target }) => target)).toMatchObject([
      {
        family: 'http',
        kind: 'abort',
        // Only those that carry plain HTTP.
        targets: ['balancer->orders/1', 'balancer->orders/2', 'worker->payment'],
        attributes: {
          status: 503,
          retry_after: 2_000,
          request: 'dropped',
          route: 'POST /api/*',
          method: '*',
          header: '*',
          share: 0.3,
          max_active: 3,
        },
      },
      { family: 'world', kind: 'decline', targets: ['payment'], attributes: { share: 0.5 } },
    ]);
    expect(faults.map(({ target }) => describeFault(target))).toEqual([
      'abort (retry_after 2s, route POST /api/*, share 30%, max_active 3) on balancer->orders/1, balancer->orders/2, worker->payment',
      'decline (share 50%) on payment',
    ]);
  });

  it('resolves patterns, defaults and units of faults', () => {
    const text = changed(
      '  - {id: hole, at: 15s, for: 15s, link: "*->redis", toxic: timeout}',
      [
        '  - {id: hole, at: 15s, for: 15s, link: ["orders->*", "*->mariadb"], toxic: latency, latency: 0.2s}',
        '  - {id: narrow, at: 20s, for: 5s, link: catalog->redis, toxic: bandwidth, rate: 64KiB/s, share: 50%, direction: both}',
        '  - {id: quiet, at: 20s, for: 5s, link: catalog->redis, toxic: timeout}',
        '  - {id: gone, at: 20s, for: 5s, link: catalog->redis, toxic: down}',
        '  - {id: frozen, at: 20s, for: 5s, process: "orders/*", action: pause}',
      ].join('\n'),
    );
    expect(scenarioOf(text).faults).toEqual([
      {
        id: 'hole',
        atMs: 15_000,
        forMs: 15_000,
        target: {
          family: 'link',
          kind: 'latency',
          targets: ['catalog->mariadb', 'orders->mariadb'],
          attributes: { latency: 200, jitter: 0, direction: 'downstream', share: 1 },
        },
      },
      {
        id: 'narrow',
        atMs: 20_000,
        forMs: 5_000,
        target: {
          family: 'link',
          kind: 'bandwidth',
          targets: ['catalog->redis'],
          attributes: { rate: 65_536, direction: 'both', share: 0.5 },
        },
      },
      expect.objectContaining({
        target: expect.objectContaining({ attributes: { timeout: 0, direction: 'both', share: 1 } }),
      }),
      expect.objectContaining({
        target: { family: 'link', kind: 'down', targets: ['catalog->redis'], attributes: {} },
      }),
      {
        id: 'frozen',
        atMs: 20_000,
        forMs: 5_000,
        target: { family: 'process', kind: 'pause', targets: ['orders/1', 'orders/2'], attributes: {} },
      },
    ]);
  });

  it('needs little', () => {
    const text = [
      'version: 1',
      'name: small',
      'load: {mix: {browse: 1}, stages: [{for: 10s, from: 0/s, to: 600/m}]}',
    ].join('\n');
    expect(scenarioOf(text)).toEqual({
      file: 'drill.yaml',
      name: 'small',
      about: '',
      hypothesis: '',
      seed: 1,
      scale: 1,
      config: {
        topology: 'single',
        services: { catalog: 2, orders: 2, worker: 1 },
        policies: { cache: 'opossum', payment: 'cockatiel' },
      },
      load: {
        mix: { browse: 1 },
        stages: [{ kind: 'ramp', forMs: 10_000, fromPerSecond: 0, toPerSecond: 10, isWarmup: false }],
        maxInFlight: 2_000,
        timeoutMs: 5_000,
        arrivals: 'constant',
        habits: {},
      },
      availability: { sliceMs: 200, downBelow: 0.95 },
      steadyState: [],
      faults: [],
      gates: [],
      audit: 'all',
    });
  });

  it('may climb in steps, have a spike, and replay what was recorded', () => {
    const stages = [
      '{for: 10s, from: 10/s, to: 40/s, steps: 4}',
      '{for: 10s, rate: 20/s, spike: 200/s, spikeFor: 1s}',
      `{for: 5s, replay: ${ARRIVALS_FILE}}`,
    ];
    const text = `version: 1\nname: shapes\nload: {mix: {browse: 1}, stages: [${stages.join(', ')}]}`;
    expect(scenarioOf(text, { scale: 0.5 }).load.stages).toEqual([
      { kind: 'steps', forMs: 5_000, fromPerSecond: 10, toPerSecond: 40, steps: 4, isWarmup: false },
      {
        kind: 'spike',
        forMs: 5_000,
        perSecond: 20,
        spikePerSecond: 200,
        spikeForMs: 500,
        isWarmup: false,
      },
      {
        kind: 'replay',
        forMs: 2_500,
        recorded: { timesMs: Float64Array.of(0, 250), journeys: ['browse', 'search'] },
        isWarmup: false,
      },
    ]);
    expect(warningsOf(text).map(({ message }) => message)).toContain(
      `1 arrival of ${ARRIVALS_FILE} lies after the end of the stage and is left out`,
    );
  });

  it('may use anchors, comments, block style, CRLF and a byte order mark', () => {
    const text = [
      '\uFEFF# a comment',
      'version: 1',
      'name: styles',
      'load:',
      '  mix:',
      '    browse: 1',
      '  stages:',
      '    - &step',
      '      for: 5s',
      '      rate: 10/s',
      '    - *step',
    ].join('\r\n');
    expect(scenarioOf(text).load.stages).toHaveLength(2);
  });

  it('lets faults overlap', () => {
    const text = changed(
      'toxic: timeout}',
      'toxic: timeout}\n  - {id: crash, at: 20s, for: 15s, process: orders/1, action: kill}',
    );
    expect(problemsOf(text)).toEqual([]);
  });

  it('has its replicas as processes', () => {
    const text = changed('orders: 2', 'orders: 4').replace(
      'toxic: timeout}',
      'toxic: timeout}\n  - {id: crash, at: 20s, for: 5s, process: orders/4, action: kill}',
    );
    expect(scenarioOf(text).faults[1]?.target).toMatchObject({ targets: ['orders/4'] });
  });

  it('breaks stores, with the settings of what happens to them', () => {
    const text = changed(
      'toxic: timeout}',
      'toxic: timeout}\n  - {id: slow, at: 20s, for: 5s, store: mariadb, action: slow_queries, delay: 100ms}\n  - {id: poison, at: 20s, for: 5s, store: "rabbit*", action: poison_message, queue: cart, count: 3}',
    );
    expect(
      scenarioOf(text)
        .faults.slice(1)
        .map(({ target }) => target),
    ).toEqual([
      {
        family: 'store',
        kind: 'slow_queries',
        targets: ['mariadb'],
        attributes: { delay: 100, share: 0.5, table: '*' },
      },
      {
        family: 'store',
        kind: 'poison_message',
        targets: ['rabbitmq'],
        attributes: { queue: 'cart', count: 3 },
      },
    ]);
  });

  it('can be the starter', () => {
    const result = parseScenario({
      content: starterScenario(paperShop),
      file: 'first.yaml',
      system: paperShop,
    });
    expect(result).toMatchObject({ kind: 'ok', warnings: [] });
  });
});
