import { describe, expect, it } from 'vitest';
import { brief, problemsOf, read, scenarioOf, warningsOf } from '../../test/fixture/read-scenario.ts';
import { usualConfig } from './scenario-schema.ts';

/** A right scenario about a system that runs already; places to change are unique. */
const external = `version: 1
name: running
topology: external
external:
  entry: http://127.0.0.1:8080
  ready: /healthz
  links:
    "app->redis": {listen: 127.0.0.1:16379, upstream: redis.internal:6379}
requests:
  home: {path: /}
  product:
    path: /products/{id}?lang={lang}
    headers: {accept-language: "{lang}"}
    pick: {id: [17, 18], lang: [de, en]}
    expect: [200, 404]
    weight: 5
  order:
    method: POST
    path: /orders
    body: {sku: "{sku}", quantity: 1}
    pick: {sku: [a b, 4]}
    timeout: 2s
load:
  stages: [{for: 10s, rate: 50/s}]
faults:
  - {id: hole, at: 2s, for: 2s, link: "*->redis", toxic: timeout}
gates:
  - max{route=product,during=hole} < 400ms
`;

function changed(from: string, to: string): string {
  const pieces = external.split(from);
  if (pieces.length !== 2) throw new Error(`${from} occurs ${pieces.length - 1} times`);
  return pieces.join(to);
}

const problems = (from: string, to: string) => problemsOf(changed(from, to)).map(brief);

describe('a scenario about a system that runs already', () => {
  it('is doubtful with customers who think, since each visit is one request', () => {
    expect(warningsOf(changed('load:', 'load:\n  think: 1s')).map(brief)).toEqual([
      '24:3 every visit of this load is one request, so nobody ever thinks',
    ]);
  });

  it('refuses a popularity that none of its journeys looks at', () => {
    expect(problems('load:', 'load:\n  popularity: {zipf: 1}')).toEqual([
      '24:3 no journey of this system chooses anything by its popularity',
    ]);
  });

  it('has its links, its requests as journeys, and their weights as the mix', () => {
    const scenario = scenarioOf(external);
    expect(scenario).toMatchObject({
      config: { topology: 'external', services: {}, policies: {} },
      external: {
        entry: 'http://127.0.0.1:8080',
        ready: '/healthz',
        links: {
          'app->redis': {
            listen: { host: '127.0.0.1', port: 16_379 },
            upstream: { host: 'redis.internal', port: 6_379 },
            protocol: 'tcp',
          },
        },
      },
      load: { mix: { home: 1, product: 5, order: 1 } },
      faults: [{ target: { targets: ['app->redis'] } }],
    });
    expect(scenario.requests?.['order']).toMatchObject({ method: 'POST', timeout: 2_000 });
    expect(warningsOf(external)).toEqual([]);
  });

  it('may have a mix of its own, and needs neither topology nor links', () => {
    const text = changed('    weight: 5\n', '').replace('load:', 'load:\n  mix: {home: 3, order: 0}');
    expect(
      scenarioOf(text.replace('during=hole', 'journey=home').replace('route=product', 'route=home')).load.mix,
    ).toEqual({
      home: 3,
    });
    const bare =
      'version: 1\nname: bare\nexternal: {entry: "https://[::1]:8443"}\nrequests: {home: {path: /}}\n';
    expect(scenarioOf(`${bare}load: {stages: [{for: 1s, rate: 10/s}]}`).external).toEqual({
      entry: 'https://[::1]:8443',
      links: {},
    });
  });

  it('is described as what it is', () => {
    const result = read(external);
    if (result.kind === 'bad') throw new Error('it is right');
    const description = result.system.describe(usualConfig(result.system));
    expect(description.links.map(({ name }) => name)).toEqual(['app->redis']);
    expect(description.processes).toEqual([]);
    expect(description.journeys).toContainEqual({
      name: 'product',
      about: 'GET /products/{id}?lang={lang}',
      routes: ['product'],
    });
  });

  it.each([
    [
      'its entry',
      'entry: http://127.0.0.1:8080',
      'entry: 127.0.0.1:8080',
      '5:10 `entry`: expected scheme, host and port without a path, found 127.0.0.1:8080; write it like http://127.0.0.1:8080',
    ],
    [
      'a path in its entry',
      '127.0.0.1:8080',
      '127.0.0.1:8080/shop',
      '5:10 `entry`: expected scheme, host and port without a path, found http://127.0.0.1:8080/shop; write it like http://127.0.0.1:8080',
    ],
    ['no entry', 'entry: http', 'entri: http', '5:3 unknown key `entri` | entry'],
    [
      'a link without an arrow',
      '"app->redis"',
      'redis',
      '8:5 a link is named from->to, such as app->redis, found `redis`',
    ],
    [
      'an address without a port',
      'upstream: redis.internal:6379',
      'upstream: redis.internal',
      '8:55 `upstream`: expected an address, found redis.internal; write it like 127.0.0.1:6379',
    ],
    [
      'a port that is none',
      '16379',
      '99999',
      '8:28 `listen`: expected an address, found 127.0.0.1:99999; write it like 127.0.0.1:6379',
    ],
    [
      'a process to break',
      'link: "*->redis", toxic: timeout',
      'process: redis, action: kill',
      '26:42 this system has no process to break here: with `topology: external` Stormcart starts none; put the fault on a link',
    ],
    ['another topology', 'topology: external', 'topology: single', '3:11 `topology` cannot be `single`'],
    ['a link that does not exist', '"*->redis"', '"*->mariadb"', '26:39 no link matches `*->mariadb`'],
    [
      'an invariant to check',
      'gates:',
      'audit: [orders-stored-once]\ngates:',
      '27:9 `audit[0]` cannot be `orders-stored-once`',
    ],
    [
      'a module besides',
      'version: 1',
      'sut: ./my-system.ts\nversion: 1',
      '5:1 a scenario is about a module (`sut`) or about what runs already (`external`)',
    ],
  ])('is refused with %s', (_, from, to, expected) => {
    expect(problems(from, to)).toContain(expected);
  });

  it('is refused without requests', () => {
    const text = `${external.slice(0, external.indexOf('requests:'))}load: {mix: {}, stages: [{for: 10s, rate: 50/s}]}`;
    expect(problemsOf(text).map(brief)).toContain(
      '4:1 nothing is known of what to send to this system; describe it under `requests`',
    );
  });

  it('is refused where its certificate authority cannot be read', () => {
    expect(problems('  ready: /healthz', '  ca: ./ca.pem')).toEqual([
      '6:7 cannot read ./ca.pem: no such file',
    ]);
  });
});

describe('a request', () => {
  it.each([
    ['of an unknown method', 'method: POST', 'method: FETCH', '18:13 `method` cannot be `FETCH`'],
    ['without a slash', 'path: /orders', 'path: orders', '19:11 a path begins with /, found "orders"'],
    [
      'with a space in its path',
      'path: /orders',
      'path: /my orders',
      '19:14 a path has no spaces and only ASCII; percent-encode the rest, a space as %20',
    ],
    ['with a place without values', '{lang}', '{lng}', undefined],
    ['with a misspelt place', '"{lang}"', '"{lng}"', '13:32 there are no values for {lng} | lang'],
    [
      'with a place where there are no values',
      'path: /}',
      'path: "/{page}"}',
      '10:16 there are no values for {page}; give some under `pick` or `feeds`, or write {{page}} for the braces',
    ],
    ['with a place in its body', 'sku: "{sku}"', 'sku: "{sk}"', '20:11 there are no values for {sk} | sku'],
    [
      'with no values to pick from',
      'lang: [de, en]',
      'lang: []',
      '14:32 `lang` needs at least 1 entry, found none',
    ],
    [
      'with a map to pick from',
      'id: [17, 18]',
      'id: [{a: 1}]',
      '14:17 `id[0]`: must be a text, a number, true or false',
    ],
    [
      'with a header of the driver',
      'accept-language:',
      'Content-Length:',
      '13:15 the load driver sets this header by itself, found `Content-Length`',
    ],
    [
      'with a header that is no token',
      'accept-language:',
      '"accept language":',
      '13:15 a header is named by a token such as accept-language, found `accept language`',
    ],
    [
      'with a content type beside a body',
      'timeout: 2s',
      'headers: {content-type: text/plain}',
      '22:15 a body is sent as application/json; leave the header out',
    ],
    [
      'with a status that is none',
      '[200, 404]',
      '[200, 4040]',
      '15:19 `expect[1]` must be at most 599, found 4040',
    ],
    [
      'with a timeout without unit',
      'timeout: 2s',
      'timeout: 2',
      '22:14 `timeout`: 2 has no unit; write it like 250ms, 15s, 2m or 1h',
    ],
    ['with an unknown key', 'weight: 5', 'wait: 5', '16:5 unknown key `wait`'],
    [
      'with a name that is none',
      '  home:',
      '  Home:',
      '10:3 a request is named by 1 to 40 lower-case letters, digits and dashes, beginning with a letter, found `Home`',
    ],
    [
      'weighed twice',
      'load:',
      'load:\n  mix: {home: 1}',
      '16:13 load.mix has the weights; one of the two places must go',
    ],
    ['that is a list', 'home: {path: /}', 'home: [/]', '10:9 `home` must be a map, found a list'],
    ['that a gate misspells', 'route=product', 'route=produkt', '28:15 unknown route `produkt` | product'],
  ])('%s is refused', (_, from, to, expected) => {
    if (expected === undefined) {
      // Twice in the text: both places are named.
      expect(problemsOf(external.replaceAll(from, to)).map(brief)).toHaveLength(2);
      return;
    }
    expect(problems(from, to)).toContain(expected);
  });

  it('with values that stand nowhere is doubtful', () => {
    expect(warningsOf(changed('?lang={lang}', '').replace('"{lang}"', 'de')).map(brief)).toEqual([
      '14:26 {lang} stands nowhere in this request, so its values are never used',
    ]);
  });

  it('can be sent to any system, beside the journeys that it has', () => {
    const shop = `version: 1
name: both
load: {mix: {browse: 1, health: 2}, stages: [{for: 10s, rate: 50/s}]}
requests: {health: {path: /livez}}
`;
    expect(scenarioOf(shop).load.mix).toEqual({ browse: 1, health: 2 });
    expect(problemsOf(shop.replace('health: {', 'browse: {')).map(brief)).toContain(
      '4:12 paper shop has a journey `browse` already',
    );
  });
});
