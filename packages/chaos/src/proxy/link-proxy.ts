import type { Socket } from 'node:net';
import type { Address, Clock } from '@stormcart/core';
import type { ActiveToxic, ToxicHits } from './active-toxic.ts';
import { Connection } from './connection.ts';
import { Listener } from './listener.ts';

/** Why a toxic is over. */
export type ToxicEnd = 'removed' | 'expired' | 'closed';

export interface ProxyOptions {
  readonly name: string;
  readonly listen: Address;
  readonly upstream: Address;
  readonly seed: string;
  readonly clock: Clock;
  readonly onToxicEnd: (proxy: LinkProxy, toxic: ActiveToxic, why: ToxicEnd) => void;
}

/** Past toxics whose hits are still told: more than any drill has on one link. */
const REMEMBERED_TOXICS_MAX = 256;

/** One link: listens on its own address, carries each connection to the upstream through the active toxics. */
export class LinkProxy {
  readonly name: string;
  readonly upstream: Address;
  readonly #options: ProxyOptions;
  readonly #listener: Listener;
  readonly #connections = new Set<Connection>();
  readonly #toxics = new Map<string, { readonly toxic: ActiveToxic; readonly cancelLease: () => void }>();
  readonly #hits = new Map<string, ToxicHits>();
  #accepted = 0;
  #isEnabled = true;

  constructor(options: ProxyOptions) {
    this.name = options.name;
    this.upstream = options.upstream;
    this.#options = options;
    this.#listener = new Listener(options.listen, options.clock, (client) => this.#accept(client));
  }

  /** Where it listens, or would if it were not down. */
  get listen(): Address {
    return this.#listener.address;
  }

  get isEnabled(): boolean {
    return this.#isEnabled;
  }

  get isListening(): boolean {
    return this.#listener.isListening;
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** In the order in which they were added, which is the order in which they act. */
  get toxics(): readonly ActiveToxic[] {
    return [...this.#toxics.values()].map(({ toxic }) => toxic);
  }

  /** By toxic name, past ones included. */
  get hits(): Readonly<Record<string, ToxicHits>> {
    return Object.fromEntries(this.#hits);
  }

  /** Rejects with a `ChaosError` LISTEN_FAILED when the address cannot be had. */
  async open(): Promise<void> {
    await this.#listener.open();
  }

  /** The name is free: the caller has checked. */
  async addToxic(toxic: ActiveToxic): Promise<void> {
    const { clock } = this.#options;
    const cancelLease =
      toxic.ttlMs === undefined
        ? (): void => undefined
        : clock.after(toxic.ttlMs, () => void this.#end(toxic, 'expired'));
    this.#toxics.set(toxic.name, { toxic, cancelLease });
    this.#remember(toxic);
    if (toxic.action.kind === 'listener') {
      toxic.hits.connections += this.#connections.size;
      await this.#shut();
      return;
    }
    for (const connection of this.#connections) connection.add(toxic);
  }

  /** False when there is none of this name. */
  async removeToxic(name: string): Promise<boolean> {
    const active = this.#toxics.get(name);
    if (active === undefined) return false;
    await this.#end(active.toxic, 'removed');
    return true;
  }

  /** Toxiproxy's `enabled`: a disabled proxy refuses, and closes what is open. */
  async setEnabled(isEnabled: boolean): Promise<void> {
    this.#isEnabled = isEnabled;
    if (isEnabled) await this.#reopen();
    else await this.#shut();
  }

  async close(): Promise<void> {
    this.#isEnabled = false;
    for (const { toxic } of this.#toxics.values()) await this.#end(toxic, 'closed');
    await this.#shut();
    await this.#listener.releaseAddress();
  }

  async #end(toxic: ActiveToxic, why: ToxicEnd): Promise<void> {
    const active = this.#toxics.get(toxic.name);
    if (active?.toxic !== toxic) return;
    active.cancelLease();
    this.#toxics.delete(toxic.name);
    for (const connection of this.#connections) connection.remove(toxic);
    this.#options.onToxicEnd(this, toxic, why);
    if (toxic.action.kind === 'listener') await this.#reopen();
  }

  async #shut(): Promise<void> {
    const closed = this.#listener.shut();
    for (const connection of this.#connections) connection.close();
    await closed;
  }

  async #reopen(): Promise<void> {
    const isDown = this.toxics.some((toxic) => toxic.action.kind === 'listener');
    if (this.#isEnabled && !isDown) await this.#listener.reopen();
  }

  #remember(toxic: ActiveToxic): void {
    // Set again, a name moves to the end: the oldest is forgotten first.
    this.#hits.delete(toxic.name);
    this.#hits.set(toxic.name, toxic.hits);
    const [oldest] = this.#hits.keys();
    if (this.#hits.size > REMEMBERED_TOXICS_MAX && oldest !== undefined) this.#hits.delete(oldest);
  }

  #accept(client: Socket): void {
    this.#accepted += 1;
    const connection = new Connection({
      client,
      upstream: this.upstream,
      number: this.#accepted,
      seed: `${this.#options.seed}/${this.name}`,
      clock: this.#options.clock,
      onClose: (closed) => this.#connections.delete(closed),
    });
    this.#connections.add(connection);
    for (const toxic of this.toxics) connection.add(toxic);
  }
}
