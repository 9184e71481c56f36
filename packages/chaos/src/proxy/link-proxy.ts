import type { Socket } from 'node:net';
import type { Address, Clock } from '@stormcart/core';
import type { ActiveToxic, ToxicHits } from './active-toxic.ts';
import { addressText } from './address.ts';
import { Connection } from './connection.ts';
import { ConnectionLog } from './connection-log.ts';
import type { FairQueue } from './fair-queue.ts';
import { type Lease, startLease } from './lease.ts';
import { Listener } from './listener.ts';
import type { ProxyEvent, ToxicEnd } from './proxy-event.ts';
import { refuse } from './refusal.ts';
import { resolveHost } from './resolve-host.ts';
import { type NewToxic, type ToxicChange, ToxicList } from './toxic-list.ts';
import { Turns } from './turns.ts';
import type { Upstream } from './upstream.ts';

export interface ProxyOptions {
  readonly name: string;
  readonly listen: Address;
  readonly upstream: Upstream;
  readonly seed: string;
  readonly clock: Clock;
  /** Shared by all proxies of a process: they share its time. */
  readonly queue: FairQueue;
  readonly onEvent: (event: ProxyEvent) => void;
}

/** What is absent stays as it is. */
export interface ProxyChange {
  /** Port 0 is always another one. */
  readonly listen?: Address | undefined;
  readonly upstream?: Upstream | undefined;
  readonly isEnabled?: boolean | undefined;
  /** After this long everything is again as it was before. */
  readonly ttlMs?: number | undefined;
}

interface State {
  readonly listener: Listener;
  readonly upstream: Upstream;
  readonly isEnabled: boolean;
}

/** One link: listens on its own address, carries each connection to the upstream through the active toxics. */
export class LinkProxy {
  readonly name: string;
  readonly #options: ProxyOptions;
  readonly #connections = new ConnectionLog();
  readonly #toxics: ToxicList;
  readonly #turns = new Turns();
  #state: State;
  /** The state to return to, and when. */
  #leased: { readonly before: State; readonly lease: Lease } | undefined;
  #isClosed = false;

  constructor(options: ProxyOptions) {
    this.name = options.name;
    this.#options = options;
    this.#toxics = new ToxicList(options.clock, (toxic) => void this.#endToxic(toxic, 'expired'));
    this.#state = {
      listener: this.#createListener(options.listen),
      upstream: options.upstream,
      isEnabled: false,
    };
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

  /** Of the state; undefined when it lasts. */
  get lease(): Lease | undefined {
    return this.#leased?.lease;
  }

  get connectionCount(): number {
    return this.#connections.openCount;
  }

  get connections(): ConnectionLog {
    return this.#connections;
  }

  /** In the order in which they were added, which is the order in which they act. */
  get toxics(): readonly ActiveToxic[] {
    return this.#toxics.all();
  }

  /** By toxic name, past ones included. */
  get hits(): Readonly<Record<string, ToxicHits>> {
    return this.#toxics.hits();
  }

  /** Whether it already is what a populate asks for. */
  async isAt(listen: Address, upstream: Upstream): Promise<boolean> {
    return upstream.text === this.upstream.text && (await isSameAddress(listen, this.listen));
  }

  /** Throws a `ChaosError` TOXIC_NOT_FOUND. */
  toxic(name: string): ActiveToxic {
    return this.#toxics.get(name);
  }

  /** Rejects with a `ChaosError` TOXIC_EXISTS or BAD_REQUEST. */
  async addToxic(spec: NewToxic): Promise<ActiveToxic> {
    const toxic = this.#toxics.add(spec, this.#connections.accepted);
    this.#tell({ kind: 'toxicAdded', proxy: this.name, toxic: toxic.name });
    if (toxic.action.kind === 'connection') {
      this.#onEach((connection) => connection.add(toxic));
      return toxic;
    }
    if (toxic.scope !== 'new') toxic.hits.connections += this.#connections.openCount;
    await this.#turns.take(async () => {
      await this.#align();
      if (toxic.scope !== 'new') this.#dropConnections();
    });
    return toxic;
  }

  /** Rejects with a `ChaosError` TOXIC_NOT_FOUND or BAD_REQUEST. */
  changeToxic(name: string, change: ToxicChange): ActiveToxic {
    const { before, after } = this.#toxics.change(name, change);
    this.#onEach((connection) => connection.change(before, after));
    this.#tell({ kind: 'toxicChanged', proxy: this.name, toxic: name });
    return after;
  }

  /** Rejects with a `ChaosError` TOXIC_NOT_FOUND. */
  async removeToxic(name: string): Promise<void> {
    await this.#endToxic(this.#toxics.get(name), 'removed');
  }

  /** Enables it for the first time. Rejects with a `ChaosError` LISTEN_FAILED. */
  open(): Promise<void> {
    return this.#turns.take(() => this.#become({ ...this.#state, isEnabled: true }, 'demand'));
  }

  /** Rejects with a `ChaosError` LISTEN_FAILED; the proxy is disabled then, as in Toxiproxy. */
  change({ listen, upstream, isEnabled, ttlMs }: ProxyChange): Promise<void> {
    return this.#turns.take(async () => {
      this.#refuseIfClosed();
      const before = this.#state;
      const baseline = this.#leased?.before ?? before;
      const listener = await this.#listenerFor(listen);
      const next = {
        listener,
        upstream: upstream ?? before.upstream,
        isEnabled: isEnabled ?? before.isEnabled,
      };
      this.#leased?.lease.cancel();
      this.#leased = ttlMs === undefined ? undefined : { before: baseline, lease: this.#startLease(ttlMs) };
      try {
        await this.#become(next, 'demand');
      } finally {
        await this.#releaseUnless([this.#state, this.#leased?.before], [before, baseline]);
        this.#tellState('asked');
      }
    });
  }

  /** Every lease is over, every toxic gone, and it is enabled. Rejects with a `ChaosError` LISTEN_FAILED. */
  async reset(): Promise<void> {
    this.#endToxics('reset');
    await this.#turns.take(async () => {
      if (this.#isClosed) return;
      const wasDown = !this.isListening;
      await this.#restore(true, 'demand');
      if (wasDown) this.#tellState('reset');
    });
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#endToxics('closed');
    this.#dropConnections();
    return this.#turns.take(async () => {
      this.#leased?.lease.cancel();
      await this.#releaseUnless([], [this.#state, this.#leased?.before]);
      this.#dropConnections();
    });
  }

  async #become(next: State, opening: 'demand' | 'retry'): Promise<void> {
    const { listener, upstream } = this.#state;
    if (listener !== next.listener) await listener.shut();
    if (listener !== next.listener || upstream.text !== next.upstream.text || !next.isEnabled) {
      this.#dropConnections();
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
    const leased = this.#leased;
    const before = this.#state;
    this.#leased = undefined;
    leased?.lease.cancel();
    const next = leased?.before ?? before;
    try {
      await this.#become({ ...next, isEnabled: isEnabled ?? next.isEnabled }, opening);
    } finally {
      await this.#releaseUnless([this.#state], [before]);
    }
  }

  #startLease(ttlMs: number): Lease {
    const lease = startLease(this.#options.clock, ttlMs, () => {
      void this.#turns.take(async () => {
        // Changed or closed while it waited for its turn.
        if (this.#isClosed || this.#leased?.lease !== lease) return;
        await this.#restore(undefined, 'retry');
        this.#tellState('expired');
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
    return new Listener(address, this.#options.clock, (client) => this.#accept(client));
  }

  async #releaseUnless(
    kept: readonly (State | undefined)[],
    all: readonly (State | undefined)[],
  ): Promise<void> {
    const stays = new Set(kept.map((state) => state?.listener));
    const goes = new Set(all.map((state) => state?.listener).filter((listener) => !stays.has(listener)));
    for (const listener of goes) await listener?.release();
  }

  #wantsOpen(): boolean {
    const isDown = this.toxics.some(
      ({ action, scope }) => action.kind === 'listener' && scope !== 'existing',
    );
    return this.#state.isEnabled && !isDown;
  }

  /** Opens or shuts the listener as toxics and state want it; an address that is taken is tried again and again. */
  async #align(): Promise<void> {
    if (this.#isClosed) return;
    const { listener } = this.#state;
    if (this.#wantsOpen()) await listener.reopen();
    else await listener.shut();
  }

  async #endToxic(toxic: ActiveToxic, why: ToxicEnd): Promise<void> {
    if (!this.#toxics.remove(toxic)) return;
    this.#onEach((connection) => connection.remove(toxic));
    this.#tell({ kind: 'toxicEnded', proxy: this.name, toxic: toxic.name, why, hits: { ...toxic.hits } });
    if (toxic.action.kind === 'listener') await this.#turns.take(() => this.#align());
  }

  #endToxics(why: ToxicEnd): void {
    for (const toxic of this.#toxics.all()) void this.#endToxic(toxic, why);
  }

  #dropConnections(): void {
    this.#onEach((connection) => connection.close());
  }

  /** A few connections are done when this returns; of thousands, the rest follows in short turns. */
  #onEach(work: (connection: Connection) => void): void {
    const tasks = [...this.#connections.open()].map((connection) => () => work(connection));
    this.#options.queue.addAll(tasks);
  }

  #refuseIfClosed(): void {
    if (this.#isClosed) throw refuse('PROXY_NOT_FOUND');
  }

  #tell(event: ProxyEvent): void {
    this.#options.onEvent(event);
  }

  #tellState(why: 'asked' | 'expired' | 'reset'): void {
    const { listener, upstream, isEnabled } = this.#state;
    const listen = addressText(listener.address);
    this.#tell({
      kind: 'proxyChanged',
      proxy: this.name,
      listen,
      upstream: upstream.text,
      enabled: isEnabled,
      why,
    });
  }

  #accept(client: Socket): void {
    const connection = new Connection({
      client,
      upstream: this.#state.upstream,
      number: this.#connections.nextNumber(),
      seed: `${this.#options.seed}/${this.name}`,
      clock: this.#options.clock,
      queue: this.#options.queue,
      onClose: (closed) => this.#connections.close(closed),
    });
    this.#connections.add(connection);
    for (const toxic of this.toxics) connection.add(toxic);
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
