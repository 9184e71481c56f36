import type { Address, Clock } from '@stormcart/core';
import type { LinkFaultName } from '../fault/link/link-kinds.ts';
import { type HttpFaultEvent, HttpFaultSet } from '../http-fault/http-fault-set.ts';
import { toxicTable } from '../toxic/toxic-table.ts';
import type { ActiveToxic, Stream } from './active-toxic.ts';
import { LinkProxy, type ToxicEnd } from './link-proxy.ts';

export interface NewProxy {
  readonly name: string;
  /** Port 0: any free port, leased. */
  readonly listen: Address;
  readonly upstream: Address;
  readonly isEnabled: boolean;
}

export interface NewToxic {
  readonly name: string;
  readonly type: LinkFaultName;
  readonly stream: Stream;
  readonly toxicity: number;
  readonly attributes: unknown;
  readonly ttlMs: number | undefined;
}

/** Something that happened to a proxy, for the log. */
type ProxyEvent =
  | { readonly kind: 'proxyAdded' | 'proxyRemoved'; readonly proxy: string }
  | { readonly kind: 'toxicAdded'; readonly proxy: string; readonly toxic: string }
  | {
      readonly kind: 'toxicEnded';
      readonly proxy: string;
      readonly toxic: string;
      readonly why: ToxicEnd;
      readonly hits: ActiveToxic['hits'];
    };

export interface ProxySetOptions {
  /** The same seed picks the same connections. */
  readonly seed: string;
  readonly clock: Clock;
  readonly onEvent: (event: ProxyEvent | HttpFaultEvent) => void;
}

/** All proxies of one process, by name. */
export class ProxySet {
  readonly #options: ProxySetOptions;
  readonly #proxies = new Map<string, LinkProxy>();
  /** Forwarders and faults on HTTP, beside the proxies that know bytes only. */
  readonly http: HttpFaultSet;

  constructor(options: ProxySetOptions) {
    this.#options = options;
    this.http = new HttpFaultSet(options);
  }

  get(name: string): LinkProxy | undefined {
    return this.#proxies.get(name);
  }

  all(): readonly LinkProxy[] {
    return [...this.#proxies.values()];
  }

  /** Undefined when the name is taken. Rejects with LISTEN_FAILED. */
  async add(spec: NewProxy): Promise<LinkProxy | undefined> {
    if (this.#proxies.has(spec.name)) return undefined;
    const { seed, clock, onEvent } = this.#options;
    const proxy = new LinkProxy({
      name: spec.name,
      listen: spec.listen,
      upstream: spec.upstream,
      seed,
      clock,
      onToxicEnd: ({ name }, toxic, why) =>
        onEvent({ kind: 'toxicEnded', proxy: name, toxic: toxic.name, why, hits: { ...toxic.hits } }),
    });
    // Taken before the first await, so that two requests cannot both have it.
    this.#proxies.set(spec.name, proxy);
    try {
      await proxy.open();
      if (!spec.isEnabled) await proxy.setEnabled(false);
    } catch (error) {
      this.#proxies.delete(spec.name);
      throw error;
    }
    onEvent({ kind: 'proxyAdded', proxy: proxy.name });
    return proxy;
  }

  /** Undefined when the name is taken. Throws a `ZodError` for wrong attributes. */
  async addToxic(proxy: LinkProxy, spec: NewToxic): Promise<ActiveToxic | undefined> {
    if (proxy.toxics.some((other) => other.name === spec.name)) return undefined;
    const { attributes, action } = toxicTable[spec.type].parse(spec.attributes);
    const toxic: ActiveToxic = { ...spec, attributes, action, hits: { connections: 0, chunks: 0 } };
    await proxy.addToxic(toxic);
    this.#options.onEvent({ kind: 'toxicAdded', proxy: proxy.name, toxic: toxic.name });
    return toxic;
  }

  async remove(proxy: LinkProxy): Promise<void> {
    if (!this.#proxies.delete(proxy.name)) return;
    await proxy.close();
    this.#options.onEvent({ kind: 'proxyRemoved', proxy: proxy.name });
  }

  async close(): Promise<void> {
    await this.http.close();
    await Promise.all(this.all().map((proxy) => this.remove(proxy)));
  }
}
