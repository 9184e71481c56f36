import { AppError } from '@stormcart/core';
import type { LinkProxy } from '../link-proxy.ts';
import type { ProxySet } from '../proxy-set.ts';
import { type PopulateEntry, readListen, readPopulate } from './body.ts';

/** What came of it: the proxies up to the first failure, and that failure. */
export interface Populated {
  readonly proxies: readonly LinkProxy[];
  readonly error?: AppError;
}

/**
 * Adds the proxies of Toxiproxy's populate JSON, in order. One that is there with the same addresses stays
 * untouched, toxics and all; one with others is replaced, without toxics. Toxics in the body are ignored. Throws a
 * `ChaosError` BAD_REQUEST, before anything is changed, for what is not well formed.
 */
export async function populate(set: ProxySet, json: unknown): Promise<Populated> {
  const proxies: LinkProxy[] = [];
  for (const entry of readPopulate(json)) {
    try {
      proxies.push(await addOrReplace(set, entry));
    } catch (error) {
      if (error instanceof AppError) return { proxies, error };
      throw error;
    }
  }
  return { proxies };
}

async function addOrReplace(set: ProxySet, entry: PopulateEntry): Promise<LinkProxy> {
  const spec = { ...entry, listen: readListen(entry.listen) };
  const existing = set.find(spec.name);
  if (existing !== undefined) {
    if (await existing.state.isAt(spec.listen, spec.upstream)) return existing;
    await set.remove(existing, 'replaced');
  }
  return set.add(spec);
}
