import type { Journey, Random, RequestSpec } from '@stormcart/core';
import type { PlainRequest, PlainRequests } from '../scenario/format/requests.ts';
import { fill, fillData, type PickedValues } from './template.ts';

/** One journey of one request for each entry of `requests:`; route and journey bear its name. */
export function plainJourneys(requests: PlainRequests): readonly Journey[] {
  return Object.entries(requests).map(([name, request]) => ({
    name,
    about: `${request.method} ${request.path}`,
    routes: [name],
    run: async (visit) => {
      await visit.request(requestSpec(name, request, pickValues(request.pick, visit.random)));
    },
  }));
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
