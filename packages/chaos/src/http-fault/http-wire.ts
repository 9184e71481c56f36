import { z } from 'zod';
import { addressText } from '../proxy/address.ts';
import { readListen } from '../proxy/api/body.ts';
import { acceptedUpstreams, parseUpstream } from '../proxy/upstream.ts';
import type { ActiveHttpFault } from './active-http-fault.ts';
import { type HttpFaultName, httpFaultNames } from './http-fault-table.ts';
import type { HttpProxy } from './http-proxy.ts';

/** A day: longer than any drill, short enough for a timer. */
const TTL_MS_MAX = 86_400_000;
/** Far more than any system has. */
const PROXIES_MAX = 1_000;

/** Long enough for any link's name, short enough for a path. */
const name = z.string().min(1).max(200);

const upstream = z.string().transform((text, context) => {
  const parsed = parseUpstream(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: `accepted is ${acceptedUpstreams}` });
  return z.NEVER;
});

/** Body of `POST /http-proxies`. */
export const newHttpProxySchema = z.strictObject({
  name,
  listen: z.string().optional().transform(readListen),
  upstream,
});

/** Body of `POST /http-faults`. What the attributes may be depends on the kind. */
export const newHttpFaultSchema = z.strictObject({
  name,
  kind: z.enum(httpFaultNames),
  proxies: z.array(name).min(1).max(PROXIES_MAX),
  attributes: z.record(z.string(), z.union([z.number(), z.string()])).default({}),
  ttlMs: z.number().min(0).max(TTL_MS_MAX),
});

/** A forwarder as it travels. */
export interface HttpProxyJson {
  readonly name: string;
  readonly listen: string;
  readonly upstream: string;
  readonly connections: number;
}

/** A fault as it travels. */
export interface HttpFaultJson {
  readonly name: string;
  readonly kind: HttpFaultName;
  readonly proxies: readonly string[];
  readonly attributes: Readonly<Record<string, number | string>>;
  readonly ttlMs: number;
  /** False once it has ended; it is still told, for its hits. */
  readonly isActive: boolean;
  readonly hits: HttpFaultHits;
}

/** How much a fault did. */
export interface HttpFaultHits {
  /** Requests that felt it. */
  readonly requests: number;
  /** Requests that it holds, or whose answers it is at. */
  readonly active: number;
}

export function httpProxyJson(proxy: HttpProxy): HttpProxyJson {
  return {
    name: proxy.name,
    listen: addressText(proxy.listen),
    upstream: proxy.upstream.text,
    connections: proxy.connectionCount,
  };
}

export function httpFaultJson({ options, isOver, hitCount, activeCount }: ActiveHttpFault): HttpFaultJson {
  const { name: own, kind, proxies, attributes, ttlMs } = options;
  return {
    name: own,
    kind,
    proxies,
    attributes,
    ttlMs,
    isActive: !isOver,
    hits: { requests: hitCount, active: activeCount },
  };
}
