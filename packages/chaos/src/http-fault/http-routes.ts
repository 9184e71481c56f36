import { type ApiAnswer, failure, json, noContent } from '../proxy/api/answer.ts';
import { readJson } from '../proxy/api/body.ts';
import type { Route, RouteRequest } from '../proxy/api/routes.ts';
import { parsed } from '../proxy/refusal.ts';
import type { ActiveHttpFault } from './active-http-fault.ts';
import type { HttpProxy } from './http-proxy.ts';
import { httpFaultJson, httpProxyJson, newHttpFaultSchema, newHttpProxySchema } from './http-wire.ts';

/** Forwarders that know requests and answers, and the faults on them. Bodies are strict: no old client sends them. */
export const httpRoutes: readonly Route[] = [
  {
    path: ['http-proxies'],
    methods: { GET: ({ set }) => json(set.http.proxies().map(httpProxyJson)), POST: addProxy },
  },
  {
    path: ['http-proxies', ':proxy'],
    methods: {
      GET: (request) => withProxy(request, (proxy) => json(httpProxyJson(proxy))),
      DELETE: (request) =>
        withProxy(request, async (proxy) => {
          await request.set.http.removeProxy(proxy);
          return noContent;
        }),
    },
  },
  {
    path: ['http-faults'],
    methods: {
      GET: ({ set }) => json(set.http.faults().map(httpFaultJson)),
      POST: addFault,
      DELETE: ({ set }) => {
        set.http.removeAllFaults();
        return noContent;
      },
    },
  },
  {
    path: ['http-faults', ':fault'],
    methods: {
      GET: (request) => withFault(request, (fault) => json(httpFaultJson(fault))),
      DELETE: (request) =>
        withFault(request, ({ options: { name } }) =>
          request.set.http.removeFault(name) ? noContent : failure(404, `http fault has ended: ${name}`),
        ),
    },
  },
];

async function addProxy({ set, body }: RouteRequest): Promise<ApiAnswer> {
  const spec = parsed(() => newHttpProxySchema.parse(readJson(body)));
  const proxy = await set.http.addProxy(spec);
  if (proxy === undefined) return failure(409, `http proxy already exists: ${spec.name}`);
  return json(httpProxyJson(proxy), 201);
}

function addFault({ set, body }: RouteRequest): ApiAnswer {
  const spec = parsed(() => newHttpFaultSchema.parse(readJson(body)));
  const unknown = spec.proxies.find((proxy) => set.http.proxy(proxy) === undefined);
  if (unknown !== undefined) return failure(404, `http proxy not found: ${unknown}`);
  const fault = set.http.addFault(spec);
  if (fault === undefined) return failure(409, `http fault already exists: ${spec.name}`);
  return json(httpFaultJson(fault), 201);
}

type Answers<Found> = (found: Found) => ApiAnswer | Promise<ApiAnswer>;

function withProxy({ set, names }: RouteRequest, answer: Answers<HttpProxy>): ReturnType<typeof answer> {
  const name = names['proxy'] ?? '';
  const proxy = set.http.proxy(name);
  return proxy === undefined ? failure(404, `http proxy not found: ${name}`) : answer(proxy);
}

/** Active, or past. */
function withFault(
  { set, names }: RouteRequest,
  answer: Answers<ActiveHttpFault>,
): ReturnType<typeof answer> {
  const name = names['fault'] ?? '';
  const fault = set.http.known(name);
  return fault === undefined ? failure(404, `http fault not found: ${name}`) : answer(fault);
}
