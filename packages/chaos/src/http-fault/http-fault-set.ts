import type { Address, AttributeValues, Clock } from '@stormcart/core';
import { ChaosError } from '../chaos-error.ts';
import { completeAttributes } from '../fault/complete-attributes.ts';
import { addressText } from '../proxy/address.ts';
import type { Upstream } from '../proxy/upstream.ts';
import { ActiveHttpFault, afflictionsOf } from './active-http-fault.ts';
import { type HttpFaultName, httpFaultTable } from './http-fault-table.ts';
import { HttpProxy } from './http-proxy.ts';

export interface NewHttpProxy {
  readonly name: string;
  readonly listen: Address;
  readonly upstream: Upstream;
}

export interface NewHttpFault {
  readonly name: string;
  readonly kind: HttpFaultName;
  readonly proxies: readonly string[];
  /** In base units; what is absent has its usual value. */
  readonly attributes: AttributeValues;
  readonly ttlMs: number;
}

/** Why a fault is over. */
type HttpFaultEnd = 'removed' | 'expired' | 'closed';

/** Something that happened, for the log. */
export type HttpFaultEvent =
  | {
      readonly kind: 'httpProxyAdded';
      readonly proxy: string;
      readonly listen: string;
      readonly upstream: string;
    }
  | { readonly kind: 'httpProxyRemoved'; readonly proxy: string }
  | { readonly kind: 'httpFaultAdded'; readonly fault: string; readonly proxies: readonly string[] }
  | {
      readonly kind: 'httpFaultEnded';
      readonly fault: string;
      readonly why: HttpFaultEnd;
      readonly hitCount: number;
    };

export interface HttpFaultSetOptions {
  /** The same seed picks the same requests. */
  readonly seed: string;
  readonly clock: Clock;
  readonly onEvent: (event: HttpFaultEvent) => void;
}

/** Past faults whose hits are still told: more than any drill has. */
const REMEMBERED_MAX = 256;

/** Every HTTP forwarder of one process, and every fault on them, by name. */
export class HttpFaultSet {
  readonly #options: HttpFaultSetOptions;
  readonly #proxies = new Map<string, HttpProxy>();
  readonly #active = new Map<string, { readonly fault: ActiveHttpFault; readonly cancelLease: () => void }>();
  /** Active ones and past ones, the latest last. */
  readonly #known = new Map<string, ActiveHttpFault>();

  constructor(options: HttpFaultSetOptions) {
    this.#options = options;
  }

  proxy(name: string): HttpProxy | undefined {
    return this.#proxies.get(name);
  }

  proxies(): readonly HttpProxy[] {
    return [...this.#proxies.values()];
  }

  /** Undefined when the name is taken. Rejects with LISTEN_FAILED. */
  async addProxy({ name, listen, upstream }: NewHttpProxy): Promise<HttpProxy | undefined> {
    if (this.#proxies.has(name)) return undefined;
    const proxy = new HttpProxy({
      name,
      listen,
      upstream,
      clock: this.#options.clock,
      afflictionsOf: (head) => afflictionsOf(this.faults(), name, head),
    });
    // Taken before the first await, so that two requests cannot both have it.
    this.#proxies.set(name, proxy);
    try {
      await proxy.open();
    } catch (error) {
      this.#proxies.delete(name);
      await proxy.close();
      throw error;
    }
    this.#options.onEvent({
      kind: 'httpProxyAdded',
      proxy: name,
      listen: addressText(proxy.listen),
      upstream: upstream.text,
    });
    return proxy;
  }

  async removeProxy(proxy: HttpProxy): Promise<void> {
    if (!this.#proxies.delete(proxy.name)) return;
    await proxy.close();
    this.#options.onEvent({ kind: 'httpProxyRemoved', proxy: proxy.name });
  }

  /** In the order in which they were added, which is the order in which they act. */
  faults(): readonly ActiveHttpFault[] {
    return [...this.#active.values()].map(({ fault }) => fault);
  }

  /** Active or past. */
  known(name: string): ActiveHttpFault | undefined {
    return this.#known.get(name);
  }

  /** Undefined when one of this name is active. Throws a `ChaosError` BAD_FAULT that names what is accepted. */
  addFault(spec: NewHttpFault): ActiveHttpFault | undefined {
    const { name, kind, ttlMs } = spec;
    if (this.#active.has(name)) return undefined;
    const { attributes, problems } = completeAttributes(httpFaultTable[kind], spec.attributes);
    const [problem] = problems;
    if (problem !== undefined) {
      throw new ChaosError({
        kind: 'usage',
        code: 'BAD_FAULT',
        message: `${problem.message}; accepted: ${problem.accepted}`,
      });
    }
    const { seed, clock, onEvent } = this.#options;
    const fault = new ActiveHttpFault({ ...spec, attributes, seed });
    const cancelLease = clock.after(ttlMs, () => this.#end(fault, 'expired'));
    this.#active.set(name, { fault, cancelLease });
    this.#remember(fault);
    onEvent({ kind: 'httpFaultAdded', fault: name, proxies: spec.proxies });
    return fault;
  }

  /** False when none of this name is active. */
  removeFault(name: string): boolean {
    const active = this.#active.get(name);
    if (active !== undefined) this.#end(active.fault, 'removed');
    return active !== undefined;
  }

  removeAllFaults(): void {
    for (const fault of this.faults()) this.#end(fault, 'removed');
  }

  async close(): Promise<void> {
    for (const fault of this.faults()) this.#end(fault, 'closed');
    await Promise.all(this.proxies().map((proxy) => this.removeProxy(proxy)));
  }

  #end(fault: ActiveHttpFault, why: HttpFaultEnd): void {
    const { name } = fault.options;
    const active = this.#active.get(name);
    if (active?.fault !== fault) return;
    active.cancelLease();
    this.#active.delete(name);
    fault.end();
    this.#options.onEvent({ kind: 'httpFaultEnded', fault: name, why, hitCount: fault.hitCount });
  }

  #remember(fault: ActiveHttpFault): void {
    // Set again, a name moves to the end: the oldest is forgotten first.
    this.#known.delete(fault.options.name);
    this.#known.set(fault.options.name, fault);
    const oldest = [...this.#known.values()].find(({ isOver }) => isOver);
    if (this.#known.size > REMEMBERED_MAX && oldest !== undefined) this.#known.delete(oldest.options.name);
  }
}
