import { httpRoutes } from '../../http-fault/http-routes.ts';
import type { ActiveToxic } from '../active-toxic.ts';
import type { LinkProxy } from '../link-proxy.ts';
import type { ProxySet } from '../proxy-set.ts';
import { type ApiAnswer, json, noContent, statusOf } from './answer.ts';
import { readJson, readNewProxy, readNewToxic, readProxyChange, readToxicChange } from './body.ts';
import { metricsText, metricsType } from './metrics.ts';
import { populate } from './populate.ts';
import { connectionJson, proxyJson, toxicJson } from './wire.ts';

/** One request for one route. Its body is read only when its turn comes: what the path names is looked up first. */
export interface RouteRequest {
  readonly set: ProxySet;
  readonly body: string;
  /** Parts of the path, by the names that the route gives them. */
  readonly names: Readonly<Record<string, string>>;
}

type Handler = (request: RouteRequest) => ApiAnswer | Promise<ApiAnswer>;

export interface Route {
  /** A segment that begins with `:` stands for any text. */
  readonly path: readonly string[];
  readonly methods: Readonly<Record<string, Handler>>;
}

/** The version of Toxiproxy whose API this is, for clients that ask; behind the plus what it really is. */
const VERSION = '2.12.0+stormcart-0.1.0';

/** Every route. `hits`, `connections` and those on HTTP are ours, the rest are Toxiproxy's. POST as an update is its older form. */
export const routes: readonly Route[] = [
  { path: ['version'], methods: { GET: () => json({ version: VERSION }) } },
  {
    path: ['metrics'],
    methods: {
      GET: ({ set }) => ({ status: 200, body: { kind: 'text', text: metricsText(set), type: metricsType } }),
    },
  },
  {
    path: ['reset'],
    methods: {
      POST: async ({ set }) => {
        await set.reset();
        return noContent;
      },
    },
  },
  { path: ['populate'], methods: { POST: answerPopulate } },
  ...httpRoutes,
  {
    path: ['proxies'],
    methods: {
      GET: ({ set }) =>
        json(Object.fromEntries(set.all().map((proxy) => [proxy.name, proxyJson(set, proxy)]))),
      POST: async ({ set, body }) => json(proxyJson(set, await set.add(readNewProxy(readJson(body)))), 201),
    },
  },
  {
    path: ['proxies', ':proxy'],
    methods: {
      GET: (request) => json(proxyJson(request.set, proxyOf(request))),
      POST: changeProxy,
      PATCH: changeProxy,
      DELETE: async (request) => {
        await request.set.remove(proxyOf(request));
        return noContent;
      },
    },
  },
  { path: ['proxies', ':proxy', 'hits'], methods: { GET: (request) => json(proxyOf(request).hits) } },
  {
    path: ['proxies', ':proxy', 'connections'],
    methods: { GET: (request) => json(proxyOf(request).connections.records().map(connectionJson)) },
  },
  {
    path: ['proxies', ':proxy', 'toxics'],
    methods: {
      GET: (request) => json(proxyOf(request).toxics.map(toxicJson)),
      POST: async (request) =>
        json(toxicJson(await proxyOf(request).addToxic(readNewToxic(readJson(request.body))))),
    },
  },
  {
    path: ['proxies', ':proxy', 'toxics', ':toxic'],
    methods: {
      GET: (request) => json(toxicJson(toxicOf(request))),
      POST: changeToxic,
      PATCH: changeToxic,
      DELETE: async (request) => {
        await proxyOf(request).removeToxic(toxicOf(request).name);
        return noContent;
      },
    },
  },
];

async function answerPopulate({ set, body }: RouteRequest): Promise<ApiAnswer> {
  const { proxies, error } = await populate(set, readJson(body));
  const told = proxies.map((proxy) => proxyJson(set, proxy));
  if (error === undefined) return json({ proxies: told }, 201);
  const status = statusOf(error);
  return json({ error: error.message, status, proxies: told }, status);
}

async function changeProxy(request: RouteRequest): Promise<ApiAnswer> {
  const proxy = proxyOf(request);
  await request.set.change(proxy, readProxyChange(readJson(request.body)));
  return json(proxyJson(request.set, proxy));
}

function changeToxic(request: RouteRequest): ApiAnswer {
  const { name } = toxicOf(request);
  return json(toxicJson(proxyOf(request).changeToxic(name, readToxicChange(readJson(request.body)))));
}

function proxyOf({ set, names }: RouteRequest): LinkProxy {
  return set.get(names['proxy'] ?? '');
}

function toxicOf(request: RouteRequest): ActiveToxic {
  return proxyOf(request).toxic(request.names['toxic'] ?? '');
}
