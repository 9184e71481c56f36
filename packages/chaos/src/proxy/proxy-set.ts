import type { Address, Clock } from '@stormcart/core';
import { addressText } from './address.ts';
import { FairQueue } from './fair-queue.ts';
import { type Lease, startLease } from './lease.ts';
import { LinkProxy, type ProxyChange } from './link-proxy.ts';
import type { ProxyEvent } from './proxy-event.ts';
import { refuse } from './refusal.ts';
import type { NewToxic } from './toxic-list.ts';
import type { Upstream } from './upstream.ts';

export interface NewProxy {
  readonly name: string;
  /** Port 0: any free port, leased. */
  readonly listen: Address;
  readonly upstream: Upstream;
  readonly isEnabled: boolean;
  /** There from the first connection on. */
  readonly toxics?: readonly NewToxic[];
  /** After this long it is removed; undefined: it stays. */
  readonly ttlMs?: number | undefined;
}

export interface ProxySetOptions {
  /** The same seed picks the same connections. */
  readonly seed: string;
  readonly clock: Clock;
  readonly onEvent: (event: ProxyEvent) => void;
}

/** All proxies of one process, by name. */
export class ProxySet {
  readonly #options: ProxySetOptions;
  readonly #queue: FairQueue;
  readonly #proxies = new Map<string, LinkProxy>();
  /** Of proxies that are removed by themselves. */
  readonly #leases = new Map<LinkProxy, Lease>();

  constructor(options: ProxySetOptions) {
    this.#options = options;
    this.#queue = new FairQueue(options.clock);
  }

  /** Throws a `ChaosError` PROXY_NOT_FOUND. */
  get(name: string): LinkProxy {
    const proxy = this.#proxies.get(name);
    if (proxy === undefined) throw refuse('PROXY_NOT_FOUND');
    return proxy;
  }

  find(name: string): LinkProxy | undefined {
    return this.#proxies.get(name);
  }

  all(): readonly LinkProxy[] {
    return [...this.#proxies.values()];
  }

  /** What ends by itself: the proxy's state, or else the proxy. */
  leaseOf(proxy: LinkProxy): Lease | undefined {
    return proxy.lease ?? this.#leases.get(proxy);
  }

  /** Rejects with a `ChaosError` PROXY_EXISTS, LISTEN_FAILED, or what a toxic is refused with; nothing is left then. */
  async add(spec: NewProxy): Promise<LinkProxy> {
    if (this.#proxies.has(spec.name)) throw refuse('PROXY_EXISTS');
    const { name, listen, upstream } = spec;
    const { seed, clock, onEvent } = this.#options;
    const proxy = new LinkProxy({ name, listen, upstream, seed, clock, queue: this.#queue, onEvent });
    // Taken before the first await, so that two requests cannot both have it.
    this.#proxies.set(name, proxy);
    try {
      for (const toxic of spec.toxics ?? []) await proxy.addToxic(toxic);
      if (spec.isEnabled) await proxy.open();
    } catch (error) {
      this.#proxies.delete(name);
      await proxy.close();
      throw error;
    }
    if (spec.ttlMs !== undefined) this.#lease(proxy, spec.ttlMs);
    onEvent({ kind: 'proxyAdded', proxy: name, listen: addressText(proxy.listen), upstream: upstream.text });
    return proxy;
  }

  /** Rejects with a `ChaosError` LISTEN_FAILED. A `ttlMs` by itself lets the lease that there is begin anew. */
  async change(proxy: LinkProxy, change: ProxyChange): Promise<void> {
    const { listen, upstream, isEnabled, ttlMs } = change;
    if (listen !== undefined || upstream !== undefined || isEnabled !== undefined) await proxy.change(change);
    else if (ttlMs === undefined) return;
    else if (proxy.lease !== undefined) await proxy.change(change);
    else if (this.#leases.has(proxy)) this.#lease(proxy, ttlMs);
  }

  async remove(
    proxy: LinkProxy,
    why: 'removed' | 'replaced' | 'expired' | 'closed' = 'removed',
  ): Promise<void> {
    if (this.#proxies.get(proxy.name) !== proxy) return;
    this.#proxies.delete(proxy.name);
    this.#leases.get(proxy)?.cancel();
    this.#leases.delete(proxy);
    await proxy.close();
    this.#options.onEvent({ kind: 'proxyRemoved', proxy: proxy.name, why });
  }

  /** Resets every proxy, then rejects with the first `ChaosError` LISTEN_FAILED if there was one. */
  async reset(): Promise<void> {
    const results = await Promise.allSettled(this.all().map((proxy) => proxy.reset()));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async close(): Promise<void> {
    await Promise.all(this.all().map((proxy) => this.remove(proxy, 'closed')));
  }

  #lease(proxy: LinkProxy, ttlMs: number): void {
    this.#leases.get(proxy)?.cancel();
    this.#leases.set(
      proxy,
      startLease(this.#options.clock, ttlMs, () => void this.remove(proxy, 'expired')),
    );
  }
}
