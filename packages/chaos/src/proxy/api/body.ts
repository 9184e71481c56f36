import { messageOf } from '@stormcart/core';
import { z } from 'zod';
import { DELAY_MS_MAX } from '../../toxic/toxic.ts';
import { isToxicType } from '../../toxic/toxic-table.ts';
import { parseAddress } from '../address.ts';
import type { StateChange } from '../link-state.ts';
import { badListenAddress } from '../listen-error.ts';
import type { NewProxy } from '../proxy-set.ts';
import { badBody, badRequest, missingField, parsed, refuse } from '../refusal.ts';
import { checkToxic, type NewToxic, type ToxicChange } from '../toxic-list.ts';
import { acceptedUpstreams, parseUpstream, type Upstream } from '../upstream.ts';

/**
 * Reads the bodies of the API as Go's JSON decoder, and so Toxiproxy, reads them: unknown fields are ignored, `null` is
 * the same as absent, the case of a field's name does not matter.
 */

/** Long enough for any link's name, short enough for a path. */
const NAME_LENGTH_MAX = 200;

const name = z.string().max(NAME_LENGTH_MAX, { error: `accepted are at most ${NAME_LENGTH_MAX} characters` });
const ttlError = `accepted is a number from 0 to ${DELAY_MS_MAX} (ms)`;
/** Ours: the lease of a toxic, of a proxy or of a proxy's state. */
const ttl = z.number({ error: ttlError }).min(0, { error: ttlError }).max(DELAY_MS_MAX, { error: ttlError });
const record = z.record(z.string(), z.unknown(), { error: 'accepted is an object' });

const proxyFields = z.object({
  name: name.optional(),
  listen: z.string().optional(),
  upstream: z.string().optional(),
  enabled: z.boolean().optional(),
  ttl: ttl.optional(),
  toxics: z.array(z.unknown()).optional(),
});

const toxicFields = z.object({
  name: name.optional(),
  type: z.string().default(''),
  stream: z.string().default('downstream'),
  toxicity: z.number().optional(),
  attributes: record.default({}),
  ttl: ttl.optional(),
  scope: z.enum(['all', 'new', 'existing']).default('all'),
  seed: z.union([z.string(), z.number()]).transform(String).optional(),
});

/** What a listening address is when none is given: not every address of the machine, as Toxiproxy has it. */
const USUAL_LISTEN = '127.0.0.1:0';

/** The JSON in a request's body. Throws a `ChaosError` BAD_REQUEST, as everything here. */
export function readJson(text: string): unknown {
  // Toxiproxy's clients meet the words of Go's decoder here.
  if (text.trim() === '') throw badBody('EOF');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badBody(error instanceof Error ? error.message : String(error));
  }
}

/** Body of `POST /proxies`. */
export function readNewProxy(json: unknown): NewProxy {
  const { toxics, ...proxy } = readProxy(json);
  const listen = readListen(proxy.listen);
  return { ...proxy, listen, toxics: (toxics ?? []).map((toxic, index) => readToxicOf(toxic, index)) };
}

/** One element of `POST /populate`, whose address is only looked at when its turn comes. */
export interface PopulateEntry extends Omit<NewProxy, 'listen' | 'toxics'> {
  readonly listen: string | undefined;
}

/** Body of `POST /populate`: every element is checked before any of them is looked at further. */
export function readPopulate(json: unknown): readonly PopulateEntry[] {
  if (!Array.isArray(json)) throw badBody('accepted is an array of proxies');
  const entries = json.map((entry, index) => {
    const { toxics: _, ...proxy } = readProxy(entry, `proxy ${index + 1}`);
    return proxy;
  });
  for (const [index, entry] of entries.entries()) {
    if (entries.findIndex((other) => other.name === entry.name) < index) {
      throw badBody(`duplicate proxy name ${entry.name} at proxy ${index + 1}`);
    }
  }
  return entries;
}

/** The address to listen on. */
export function readListen(text: string | undefined): NewProxy['listen'] {
  const given = text === undefined || text === '' ? USUAL_LISTEN : text;
  const address = parseAddress(given);
  if (address === undefined) throw badListenAddress(given);
  return address;
}

/** Body of `POST` and `PATCH /proxies/{proxy}`. */
export function readProxyChange(json: unknown): StateChange {
  const { listen, upstream, enabled, ttl: ttlMs } = parsed(() => proxyFields.parse(fieldsOf(json)));
  return {
    listen: listen === undefined || listen === '' ? undefined : readListen(listen),
    upstream: upstream === undefined ? undefined : readUpstream(upstream),
    isEnabled: enabled,
    ttlMs,
  };
}

/** Body of `POST /proxies/{proxy}/toxics`: its attributes are not checked yet, a toxic of its name comes first. */
export function readNewToxic(json: unknown): NewToxic {
  const { ttl: ttlMs, toxicity = 1, ...fields } = parsed(() => toxicFields.parse(fieldsOf(json)));
  const stream = fields.stream.toLowerCase();
  if (stream !== 'upstream' && stream !== 'downstream') throw refuse('BAD_STREAM');
  const { type, attributes, scope, seed } = fields;
  if (!isToxicType(type)) throw refuse('BAD_TOXIC_TYPE');
  const toxicName = fields.name === undefined || fields.name === '' ? `${type}_${stream}` : fields.name;
  return { name: toxicName, type, stream, toxicity, attributes: presentOf(attributes), scope, seed, ttlMs };
}

/** Body of `POST` and `PATCH /proxies/{proxy}/toxics/{toxic}`: everything else about a toxic stays as it is. */
export function readToxicChange(json: unknown): ToxicChange {
  const { toxicity, attributes, ttl: ttlMs } = parsed(() => toxicFields.parse(fieldsOf(json)));
  return { toxicity, attributes: presentOf(attributes), ttlMs };
}

interface ProxyFields extends PopulateEntry {
  readonly toxics: readonly unknown[] | undefined;
}

/** `place` tells one of several apart: `proxy 2`. */
function readProxy(json: unknown, place?: string): ProxyFields {
  const prefix = place === undefined ? [] : [place];
  const where = place === undefined ? '' : ` at ${place}`;
  const fields = parsed(() => proxyFields.parse(fieldsOf(json)), prefix);
  const { listen, ttl: ttlMs, enabled = true, toxics } = fields;
  if (fields.name === undefined || fields.name === '') throw missingField(`name${where}`);
  if (fields.upstream === undefined || fields.upstream === '') throw missingField(`upstream${where}`);
  return {
    name: fields.name,
    listen,
    upstream: readUpstream(fields.upstream),
    isEnabled: enabled,
    ttlMs,
    toxics,
  };
}

function readUpstream(text: string): Upstream {
  const upstream = parseUpstream(text);
  if (upstream === undefined)
    throw badBody(`upstream: ${text} is no address; accepted is ${acceptedUpstreams}`);
  return upstream;
}

/** A toxic that comes with its proxy: judged before anything listens. */
function readToxicOf(json: unknown, index: number): NewToxic {
  try {
    const toxic = readNewToxic(json);
    checkToxic(toxic);
    return toxic;
  } catch (error) {
    throw badRequest(`${messageOf(error)} at toxic ${index + 1}`);
  }
}

function fieldsOf(json: unknown): unknown {
  if (json === null) return {};
  return typeof json === 'object' && !Array.isArray(json) ? presentOf(json) : json;
}

function presentOf(fields: object): Readonly<Record<string, unknown>> {
  const present = Object.entries(fields).filter(([, value]) => value !== null);
  return Object.fromEntries(present.map(([key, value]) => [key.toLowerCase(), value]));
}
