import type { Address } from '@stormcart/core';
import { z } from 'zod';
import { DELAY_MS_MAX } from '../toxic/toxic.ts';
import { toxicTypes } from '../toxic/toxic-table.ts';
import type { ActiveToxic, ToxicHits } from './active-toxic.ts';
import type { LinkProxy } from './link-proxy.ts';

/** Long enough for any link's name, short enough for a path. */
const name = z.string().min(1).max(200);

const address = z.string().transform((text, context): Address => {
  const match = /^\[?([^[\]]+?)\]?:(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match?.[1] === undefined || port > 65_535) {
    context.addIssue({ code: 'custom', message: 'an address such as 127.0.0.1:8474' });
    return z.NEVER;
  }
  return { host: match[1], port };
});

/** Body of `POST /proxies`. */
export const newProxySchema = z.strictObject({
  name,
  listen: address.default({ host: '127.0.0.1', port: 0 }),
  upstream: address,
  enabled: z.boolean().default(true),
});

/** Body of `POST /proxies/{proxy}`. */
export const proxyChangeSchema = z.strictObject({ enabled: z.boolean() });

/** Body of `POST /proxies/{proxy}/toxics`. Defaults are Toxiproxy's; `ttlMs` is ours. */
export const newToxicSchema = z.strictObject({
  name: name.optional(),
  type: z.enum(toxicTypes),
  stream: z.enum(['upstream', 'downstream']).default('downstream'),
  toxicity: z.number().min(0).max(1).default(1),
  attributes: z.record(z.string(), z.unknown()).default({}),
  ttlMs: z.number().min(0).max(DELAY_MS_MAX).optional(),
});

/** A toxic as it travels. */
export interface ToxicJson {
  readonly name: string;
  readonly type: string;
  readonly stream: 'upstream' | 'downstream';
  readonly toxicity: number;
  readonly attributes: Readonly<Record<string, number>>;
  readonly ttlMs?: number;
  readonly hits: ToxicHits;
}

/** A proxy as it travels. `listening` is false while a `down` toxic or `enabled: false` keeps it shut. */
export interface ProxyJson {
  readonly name: string;
  readonly listen: string;
  readonly upstream: string;
  readonly enabled: boolean;
  readonly listening: boolean;
  readonly connections: number;
  readonly toxics: readonly ToxicJson[];
}

export function toxicJson(toxic: ActiveToxic): ToxicJson {
  const { action: _, ttlMs, ...rest } = toxic;
  return { ...rest, ...(ttlMs === undefined ? {} : { ttlMs }) };
}

export function proxyJson(proxy: LinkProxy): ProxyJson {
  return {
    name: proxy.name,
    listen: addressText(proxy.listen),
    upstream: addressText(proxy.upstream),
    enabled: proxy.isEnabled,
    listening: proxy.isListening,
    connections: proxy.connectionCount,
    toxics: proxy.toxics.map(toxicJson),
  };
}

/** The address in `text`; undefined when it is none. */
export function parseAddress(text: string): Address | undefined {
  const parsed = address.safeParse(text);
  return parsed.success ? parsed.data : undefined;
}

export function addressText({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
