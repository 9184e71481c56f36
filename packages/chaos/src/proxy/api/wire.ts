import type { ActiveToxic, Scope, Stream, ToxicHits } from '../active-toxic.ts';
import { addressText } from '../address.ts';
import type { ConnectionRecord } from '../connection-log.ts';
import type { Lease } from '../lease.ts';
import type { LinkProxy } from '../link-proxy.ts';
import type { ProxySet } from '../proxy-set.ts';
import type { ConnectionHits } from '../stage.ts';

/** A lease as it travels; both in milliseconds. */
interface LeaseJson {
  /** As it was given. */
  readonly ttl?: number;
  readonly ttlLeft?: number;
}

/** A toxic as it travels. The first five are Toxiproxy's. */
export interface ToxicJson extends LeaseJson {
  readonly name: string;
  readonly type: string;
  readonly stream: Stream;
  readonly toxicity: number;
  readonly attributes: Readonly<Record<string, number>>;
  readonly scope: Scope;
  readonly seed?: string;
  readonly hits: ToxicHits;
}

/**
 * A proxy as it travels. `name`, `listen`, `upstream`, `enabled` and `toxics` are Toxiproxy's. `listening` is false
 * while a `down` toxic or `enabled: false` keeps it shut.
 */
export interface ProxyJson extends LeaseJson {
  readonly name: string;
  readonly listen: string;
  readonly upstream: string;
  readonly enabled: boolean;
  readonly listening: boolean;
  readonly connections: number;
  readonly toxics: readonly ToxicJson[];
}

/** One connection, open or past, as it travels. */
export interface ConnectionJson {
  readonly number: number;
  readonly client: string;
  readonly open: boolean;
  /** Bytes that came from the client, and from the server. */
  readonly upstreamBytes: number;
  readonly downstreamBytes: number;
  /** By toxic that met it: what came through while it lasted. */
  readonly hits: Readonly<Record<string, ConnectionHits>>;
}

export function toxicJson(toxic: ActiveToxic): ToxicJson {
  const { attributes, name, type, stream, toxicity, scope, seed, hits, lease } = toxic;
  return {
    attributes,
    name,
    type,
    stream,
    toxicity,
    scope,
    hits,
    ...(seed === undefined ? {} : { seed }),
    ...leaseJson(lease),
  };
}

export function proxyJson(set: ProxySet, proxy: LinkProxy): ProxyJson {
  return {
    name: proxy.name,
    listen: addressText(proxy.listen),
    upstream: proxy.state.upstream.text,
    enabled: proxy.state.isEnabled,
    listening: proxy.isListening,
    connections: proxy.connectionCount,
    ...leaseJson(set.leaseOf(proxy)),
    toxics: proxy.toxics.map(toxicJson),
  };
}

export function connectionJson({ number, client, isOpen, carried, hits }: ConnectionRecord): ConnectionJson {
  return {
    number,
    client,
    open: isOpen,
    upstreamBytes: carried.upstream.receivedBytes,
    downstreamBytes: carried.downstream.receivedBytes,
    hits,
  };
}

function leaseJson(lease: Lease | undefined): LeaseJson {
  return lease === undefined ? {} : { ttl: lease.ttlMs, ttlLeft: Math.ceil(lease.leftMs()) };
}
