import type { Socket } from 'node:net';
import type { Address, Clock } from '@stormcart/core';
import { type Lease, startLease } from './lease.ts';
import { Listener } from './listener.ts';
import { refuse } from './refusal.ts';
import { resolveHost } from './resolve-host.ts';
import { Turns } from './turns.ts';
import type { Upstream } from './upstream.ts';

/** What is absent stays as it is. */
export interface StateChange {
  /** Port 0 is always another one. */
  readonly listen?: Address | undefined;
  readonly upstream?: Upstream | undefined;
  readonly isEnabled?: boolean | undefined;
  /** After this long everything is again as it was before. */
  readonly ttlMs?: number | undefined;
}

/** Why a state is another one. */
export type StateReason = 'asked' | 'expired' | 'reset';

export interface LinkStateOptions {
  readonly listen: Address;
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly accept: (client: Socket) => void;
  /** Whether something else than the state keeps it from listening. */
  readonly isDown: () => boolean;
  /** Open connections belong to a state that is over. */
  readonly dropConnections: () => void;
  readonly onChange: (why: StateReason) => void;
}

interface State {
  readonly listener: Listener;
  readonly upstream: Upstream;
  readonly isEnabled: boolean;
}

/** Where a link listens and leads, whether it is enabled, and the lease on all that. One change at a time. */
export class LinkState {
  readonly #options: LinkStateOptions;
  readonly #turns = new Turns();
  #state: State;
  /** The state to return to, and when. */
  #leased: { readonly before: State; readonly lease: Lease } | undefined;
  #isClosed = false;

  constructor(options: LinkStateOptions) {
    const { listen, upstream } = options;
    this.#options = options;
    this.#state = { listener: this.#createListener(listen), upstream, isEnabled: false };
  }

  /** Where it listens, or last did; as it was asked for when it never has. */
  get listen(): Address {
    return this.#state.listener.address;
  }

  get upstream(): Upstream {
    return this.#state.upstream;
  }

  get isEnabled(): boolean {
    return this.#state.isEnabled;
  }

  get isListening(): boolean {
    return this.#state.listener.isListening;
  }

  /** Undefined when the state lasts. */
  get lease(): Lease | undefined {
    return this.#leased?.lease;
  }

  /** Whether it already is at these addresses. */
  async isAt(listen: Address, upstream: Upstream): Promise<boolean> {
    return upstream.text === this.upstream.text && (await isSameAddress(listen, this.listen));
  }

  /** Enables it for the first time. Rejects with a `ChaosError` LISTEN_FAILED. */
  open(): Promise<void> {
    return this.#turns.take(() => this.#become({ ...this.#state, isEnabled: true }, 'demand'));
  }

  /** Rejects with a `ChaosError` PROXY_NOT_FOUND, or LISTEN_FAILED; it is disabled then, as in Toxiproxy. */
  change({ listen, upstream, isEnabled, ttlMs }: StateChange): Promise<void> {
    return this.#turns.take(async () => {
      // Removed while it waited for its turn.
      if (this.#isClosed) throw refuse('PROXY_NOT_FOUND');
      const before = this.#state;
      const baseline = this.#leased?.before ?? before;
      const next = {
        listener: await this.#listenerFor(listen),
        upstream: upstream ?? before.upstream,
        isEnabled: isEnabled ?? before.isEnabled,
      };
      this.#leased?.lease.cancel();
      this.#leased = ttlMs === undefined ? undefined : { before: baseline, lease: this.#startLease(ttlMs) };
      try {
        await this.#become(next, 'demand');
      } finally {
        await this.#release([before, baseline]);
        this.#options.onChange('asked');
      }
    });
  }

  /** Its lease is over, and it is enabled. Rejects with a `ChaosError` LISTEN_FAILED. */
  reset(): Promise<void> {
    return this.#turns.take(async () => {
      if (this.#isClosed) return;
      const wasListening = this.isListening;
      await this.#restore(true, 'demand');
      if (!wasListening) this.#options.onChange('reset');
    });
  }

  /** `isDown` may have another answer. An address that is taken is tried again and again. */
  align(): Promise<void> {
    return this.#turns.take(() => this.#align());
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return this.#turns.take(async () => {
      this.#leased?.lease.cancel();
      for (const listener of this.#listenersOf([this.#state, this.#leased?.before])) await listener.release();
    });
  }

  /** On demand an address that is taken is an error, otherwise it is tried again and again. */
  async #become(next: State, opening: 'demand' | 'retry'): Promise<void> {
    const { listener, upstream } = this.#state;
    if (listener !== next.listener) await listener.shut();
    if (listener !== next.listener || upstream.text !== next.upstream.text || !next.isEnabled) {
      this.#options.dropConnections();
    }
    this.#state = next;
    if (opening === 'retry' || !this.#wantsOpen()) {
      await this.#align();
      return;
    }
    try {
      await next.listener.open();
    } catch (error) {
      this.#state = { ...next, isEnabled: false };
      throw error;
    }
  }

  /** Back to what was before the lease, if there is one. */
  async #restore(isEnabled: boolean | undefined, opening: 'demand' | 'retry'): Promise<void> {
    const before = this.#state;
    const next = this.#leased?.before ?? before;
    this.#leased?.lease.cancel();
    this.#leased = undefined;
    try {
      await this.#become({ ...next, isEnabled: isEnabled ?? next.isEnabled }, opening);
    } finally {
      await this.#release([before]);
    }
  }

  async #align(): Promise<void> {
    if (this.#isClosed) return;
    const { listener } = this.#state;
    if (this.#wantsOpen()) await listener.reopen();
    else await listener.shut();
  }

  #wantsOpen(): boolean {
    return this.#state.isEnabled && !this.#options.isDown();
  }

  #startLease(ttlMs: number): Lease {
    const lease = startLease(this.#options.clock, ttlMs, () => {
      void this.#turns.take(async () => {
        // Changed or closed while it waited for its turn.
        if (this.#isClosed || this.#leased?.lease !== lease) return;
        await this.#restore(undefined, 'retry');
        this.#options.onChange('expired');
      });
    });
    return lease;
  }

  async #listenerFor(listen: Address | undefined): Promise<Listener> {
    const { listener } = this.#state;
    if (listen === undefined || (await isSameAddress(listen, listener.address))) return listener;
    return this.#createListener(listen);
  }

  #createListener(address: Address): Listener {
    return new Listener(address, this.#options.clock, this.#options.accept);
  }

  /** Lets the addresses of past states go, but for those that are still needed. */
  async #release(past: readonly State[]): Promise<void> {
    const needed = this.#listenersOf([this.#state, this.#leased?.before]);
    for (const listener of this.#listenersOf(past)) if (!needed.has(listener)) await listener.release();
  }

  #listenersOf(states: readonly (State | undefined)[]): ReadonlySet<Listener> {
    return new Set(states.flatMap((state) => state?.listener ?? []));
  }
}

/** Port 0 asks for another one each time, as in Toxiproxy. */
async function isSameAddress(asked: Address, current: Address): Promise<boolean> {
  if (asked.port !== current.port) return false;
  const [left, right] = await Promise.all(
    [asked, current].map(({ host }) => resolveHost(host).catch(() => host)),
  );
  return left === right;
}
