import type { Journey, Random, RequestSpec, Visit } from '@stormcart/core';
import type { PlainRequest, PlainRequests } from '../scenario/format/requests.ts';
import { type Feeds, splitPlace } from './feed/feed.ts';
import { createFeeder, type Feeder, type TurnOf } from './feed/feeder.ts';
import { fill, fillData, namesInData, type PickedValues } from './template.ts';

/**
 * One journey of one request for each entry of `requests:`; route and journey bear its name. The feeds begin anew with
 * each call, and are shared by all requests that use them. `turnOf`: where not all visits come by here, whose turn it is.
 */
export function plainJourneys(
  requests: PlainRequests,
  feeds: Feeds = new Map(),
  turnOf?: (feed: string) => TurnOf,
): readonly Journey[] {
  const feeders = new Map([...feeds].map(([name, feed]) => [name, createFeeder(name, feed, turnOf?.(name))]));
  return Object.entries(requests).map(([name, request]) => {
    const valuesFrom = feedsOf(request).flatMap((feed) => recordOf(feed, feeds, feeders));
    const shared = { name, about: `${request.method} ${request.path}`, routes: [name] } as const;
    if (valuesFrom.length === 0 && Object.keys(request.pick).length === 0) {
      const spec = requestSpec(name, request, {});
      // Frozen, it is put into bytes once for all visits.
      Object.freeze(spec.headers);
      Object.freeze(spec);
      return { ...shared, run: (visit) => visit.request(spec) };
    }
    return {
      ...shared,
      run: async (visit) => {
        const picked = pickValues(request.pick, visit.random);
        const fields = valuesFrom.flatMap((draw) => draw(visit));
        await visit.request(requestSpec(name, request, { ...picked, ...Object.fromEntries(fields) }));
      },
    };
  });
}

/** The feeds that a request takes its record from, each once. */
export function feedsOf({ path, headers, body }: PlainRequest): readonly string[] {
  const names = namesInData([path, headers, body]).flatMap((name) => splitPlace(name)?.feed ?? []);
  return [...new Set(names)];
}

type DrawFields = (
  visit: Pick<Visit, 'random' | 'arrival'>,
) => readonly (readonly [place: string, value: string | number | boolean])[];

/** All places of a request that stand for the same feed are filled from the same record. */
function recordOf(name: string, feeds: Feeds, feeders: ReadonlyMap<string, Feeder>): readonly DrawFields[] {
  const [feed, feeder] = [feeds.get(name), feeders.get(name)];
  if (feed === undefined || feeder === undefined) return [];
  const places = feed.records.fields.map((field) => `${name}.${field}`);
  return [
    ({ random, arrival }) => {
      const row = feeder(random, arrival);
      return places.map((place, index) => [place, row[index] ?? ''] as const);
    },
  ];
}

function pickValues(pick: PlainRequest['pick'], random: Random): PickedValues {
  return Object.fromEntries(Object.entries(pick).map(([name, values]) => [name, random.pick(values)]));
}

function requestSpec(route: string, request: PlainRequest, values: PickedValues): RequestSpec {
  const { method, path, headers, body, timeout } = request;
  const filled = Object.entries(headers).map(([name, value]) => [name, fill(value, values)] as const);
  return {
    route,
    method,
    path: fill(path, values, encodeURIComponent),
    headers: Object.fromEntries(filled),
    ...(body === undefined ? {} : { body: fillData(body, values) }),
    ignoresBody: true,
    expect: isRightStatus(request.expect),
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
  };
}

function isRightStatus(expected: PlainRequest['expect']): (status: number) => boolean {
  if (expected === undefined) return (status) => status >= 200 && status < 400;
  const right = new Set([expected].flat());
  return (status) => right.has(status);
}
