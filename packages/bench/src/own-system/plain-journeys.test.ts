import { createRandom, type RequestSpec, type Visit } from '@stormcart/core';
import { describe, expect, it } from 'vitest';
import { requestsFormat } from '../scenario/format/requests.ts';
import type { Feed } from './feed/feed.ts';
import { plainJourneys } from './plain-journeys.ts';

/** A visit that keeps what it is asked to send. */
function visitThat(specs: RequestSpec[], arrival: number, seed = 1): Visit {
  return {
    arrival,
    random: createRandom(seed),
    choosePopular: () => 1,
    request: (spec) => {
      specs.push(spec);
      return Promise.resolve({ outcome: 'ok', status: 200, headers: {}, body: undefined });
    },
    pause: () => Promise.resolve(),
  };
}

/** What a visit with this seed sends. */
async function sent(request: Readonly<Record<string, unknown>>, seed = 1): Promise<RequestSpec> {
  const [journey] = plainJourneys(requestsFormat.parse({ probe: request }));
  const specs: RequestSpec[] = [];
  await journey?.run(visitThat(specs, 0, seed));
  const [spec] = specs;
  if (spec === undefined || specs.length > 1) throw new Error(`${specs.length} requests`);
  return spec;
}

describe('a request of a scenario', () => {
  it('is one journey of one route, both with its name', () => {
    const [journey] = plainJourneys(requestsFormat.parse({ home: { path: '/' } }));
    expect(journey).toMatchObject({ name: 'home', about: 'GET /', routes: ['home'] });
  });

  it('is sent with the values that the seed picks, the same in every place', async () => {
    const request = {
      method: 'PUT',
      path: '/items/{id}',
      headers: { 'x-item': '{id}' },
      body: { id: '{id}' },
      pick: { id: [1, 2, 3, 4, 5, 6, 7, 8] },
      timeout: '2s',
    };
    const seen = new Set<unknown>();
    for (let seed = 0; seed < 40; seed += 1) {
      const spec = await sent(request, seed);
      const { id } = spec.body as { readonly id: number };
      expect(spec).toMatchObject({
        route: 'probe',
        method: 'PUT',
        path: `/items/${id}`,
        headers: { 'x-item': String(id) },
        timeoutMs: 2_000,
      });
      expect(await sent(request, seed)).toMatchObject({ path: spec.path });
      seen.add(id);
    }
    expect(seen.size).toBe(8);
  });

  it.each([
    [undefined, [200, 204, 302, 399], [199, 400, 404, 500]],
    [201, [201], [200, 202, 500]],
    [
      [200, 404],
      [200, 404],
      [201, 403],
    ],
  ])('that expects %j takes %j for right and %j for wrong', async (expected, right, wrong) => {
    const { expect: isRight } = await sent({
      path: '/',
      ...(expected === undefined ? {} : { expect: expected }),
    });
    expect(right.map((status) => isRight(status, undefined))).toEqual(right.map(() => true));
    expect(wrong.map((status) => isRight(status, undefined))).toEqual(wrong.map(() => false));
  });
});

describe('requests with a feed', () => {
  const feed: Feed = {
    file: 'users.csv',
    order: 'in-turn',
    records: {
      fields: ['name', 'age'],
      rows: [
        ['ada l', 36],
        ['grace', 85],
      ],
      lines: [2, 3],
    },
  };
  const requests = requestsFormat.parse({
    show: {
      path: '/users/{users.name}',
      body: { who: '{users.name}', age: '{users.age}', left: '{{users.age}}' },
    },
    ask: { path: '/ages/{users.age}' },
    home: { path: '/' },
  });

  /** What these requests send, one visit each, in this order. */
  async function sentBy(journeys: ReturnType<typeof plainJourneys>, names: readonly string[]) {
    const specs: RequestSpec[] = [];
    for (const [arrival, name] of names.entries()) {
      await journeys.find((journey) => journey.name === name)?.run(visitThat(specs, arrival));
    }
    return specs.map(({ path, body }) => ({ path, body }));
  }

  it('get a record for each visit, the same in every place, from one row for all of them', async () => {
    const journeys = plainJourneys(requests, new Map([['users', feed]]));
    expect(await sentBy(journeys, ['show', 'home', 'ask', 'show'])).toEqual([
      { path: '/users/ada%20l', body: { who: 'ada l', age: 36, left: '{users.age}' } },
      { path: '/', body: undefined },
      { path: '/ages/85', body: undefined },
      { path: '/users/ada%20l', body: { who: 'ada l', age: 36, left: '{users.age}' } },
    ]);
  });

  it('begin anew with each drill', async () => {
    const feeds = new Map([['users', { ...feed, order: 'once' as const }]]);
    for (let drill = 0; drill < 2; drill += 1) {
      const journeys = plainJourneys(requests, feeds);
      expect(await sentBy(journeys, ['ask', 'ask'])).toMatchObject([
        { path: '/ages/36' },
        { path: '/ages/85' },
      ]);
      await expect(sentBy(journeys, ['ask'])).rejects.toMatchObject({ code: 'FEED_USED_UP', kind: 'usage' });
    }
  });
});
