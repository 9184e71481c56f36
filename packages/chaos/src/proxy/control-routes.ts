import { answerHttpControl } from '../http-fault/http-routes.ts';
import type { LinkProxy } from './link-proxy.ts';
import type { ProxySet } from './proxy-set.ts';
import { newProxySchema, newToxicSchema, proxyChangeSchema, proxyJson, toxicJson } from './wire.ts';

export interface ControlRequest {
  readonly method: string;
  /** Decoded path segments: `['proxies', 'orders->mariadb', 'toxics']`. */
  readonly path: readonly string[];
  /** Parsed JSON, undefined when there was no body. */
  readonly body: unknown;
}

export interface ControlAnswer {
  readonly status: number;
  /** Sent as JSON; undefined: no body. */
  readonly body?: unknown;
}

/** The API's own version, in the shape in which Toxiproxy tells it. */
const VERSION = { version: 'stormcart-0.1.0' };

/**
 * Answers one control request, in Toxiproxy's paths and shapes. Throws a `ZodError` for a wrong body and
 * a `ChaosError` LISTEN_FAILED for an address that cannot be had.
 */
export async function answerControl(set: ProxySet, request: ControlRequest): Promise<ControlAnswer> {
  const { method, path, body } = request;
  const http = answerHttpControl(set.http, request);
  if (http !== undefined) return http;
  const [root, proxyName, part, toxicName, ...rest] = path;
  if (rest.length > 0) return noSuchPath;
  if (root === 'version' && proxyName === undefined) return forMethod(method, { GET: () => ok(VERSION) });
  if (root !== 'proxies') return noSuchPath;
  if (proxyName === undefined) {
    return forMethod(method, {
      GET: () => ok(Object.fromEntries(set.all().map((proxy) => [proxy.name, proxyJson(proxy)]))),
      POST: () => addProxy(set, body),
    });
  }
  const proxy = set.get(proxyName);
  if (proxy === undefined) return failure(404, `proxy not found: ${proxyName}`);
  if (part === undefined) return answerProxy(set, proxy, request);
  if (part === 'hits' && toxicName === undefined) return forMethod(method, { GET: () => ok(proxy.hits) });
  if (part !== 'toxics') return noSuchPath;
  return toxicName === undefined
    ? forMethod(method, {
        GET: () => ok(proxy.toxics.map(toxicJson)),
        POST: () => addToxic(set, proxy, body),
      })
    : answerToxic(proxy, toxicName, method);
}

type Handlers = Readonly<Record<string, () => ControlAnswer | Promise<ControlAnswer>>>;

async function forMethod(method: string, handlers: Handlers): Promise<ControlAnswer> {
  const handler = Object.hasOwn(handlers, method) ? handlers[method] : undefined;
  return handler === undefined ? failure(405, `${method} is not possible here`) : handler();
}

function answerProxy(
  set: ProxySet,
  proxy: LinkProxy,
  { method, body }: ControlRequest,
): Promise<ControlAnswer> {
  return forMethod(method, {
    GET: () => ok(proxyJson(proxy)),
    POST: async () => {
      await proxy.setEnabled(proxyChangeSchema.parse(body).enabled);
      return ok(proxyJson(proxy));
    },
    DELETE: async () => {
      await set.remove(proxy);
      return { status: 204 };
    },
  });
}

async function answerToxic(proxy: LinkProxy, name: string, method: string): Promise<ControlAnswer> {
  const toxic = proxy.toxics.find((candidate) => candidate.name === name);
  if (toxic === undefined) return failure(404, `toxic not found: ${name}`);
  return forMethod(method, {
    GET: () => ok(toxicJson(toxic)),
    DELETE: async () => {
      await proxy.removeToxic(name);
      return { status: 204 };
    },
  });
}

async function addProxy(set: ProxySet, body: unknown): Promise<ControlAnswer> {
  const { enabled, ...spec } = newProxySchema.parse(body);
  const proxy = await set.add({ ...spec, isEnabled: enabled });
  return proxy === undefined
    ? failure(409, `proxy already exists: ${spec.name}`)
    : { status: 201, body: proxyJson(proxy) };
}

async function addToxic(set: ProxySet, proxy: LinkProxy, body: unknown): Promise<ControlAnswer> {
  const { name: given, ttlMs, ...spec } = newToxicSchema.parse(body);
  const name = given ?? `${spec.type}_${spec.stream}`;
  const toxic = await set.addToxic(proxy, { ...spec, name, ttlMs });
  return toxic === undefined ? failure(409, `toxic already exists: ${name}`) : ok(toxicJson(toxic));
}

function ok(body: unknown): ControlAnswer {
  return { status: 200, body };
}

/** Toxiproxy's error shape. */
export function failure(status: number, error: string): ControlAnswer {
  return { status, body: { error, status } };
}

const noSuchPath = failure(404, 'no such path');
