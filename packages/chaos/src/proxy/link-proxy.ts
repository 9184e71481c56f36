import type { Socket } from 'node:net';
import type { Address, Clock } from '@stormcart/core';
import type { ActiveToxic, ToxicHits } from './active-toxic.ts';
import { addressText } from './address.ts';
import { Connection } from './connection.ts';
import { ConnectionLog } from './connection-log.ts';
import type { FairQueue } from './fair-queue.ts';
import { LinkState } from './link-state.ts';
import type { ProxyEvent, ToxicEnd } from './proxy-event.ts';
import { type NewToxic, type ToxicChange, ToxicList } from './toxic-list.ts';
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

/** One link: listens on its own address, carries each connection to the upstream through the active toxics. */
export class LinkProxy {
  readonly name: string;
  readonly state: LinkState;
  readonly connections = new ConnectionLog();
  readonly #options: ProxyOptions;
  readonly #toxics: ToxicList;

  constructor(options: ProxyOptions) {
    const { name, listen, upstream, clock } = options;
    this.name = name;
    this.#options = options;
    this.#toxics = new ToxicList(clock, (toxic) => void this.#endToxic(toxic, 'expired'));
    this.state = new LinkState({
      listen,
      upstream,
      clock,
      accept: (client) => this.#accept(client),
      isDown: () => this.toxics.some(closesListener),
      dropConnections: () => this.#dropConnections(),
      onChange: (why) => {
        const { listen: at, upstream: to, isEnabled: enabled } = this.state;
        this.#tell({
          kind: 'proxyChanged',
          proxy: name,
          listen: addressText(at),
          upstream: to.text,
          enabled,
          why,
        });
      },
    });
  }

  /** Where it listens, or last did; as it was asked for when it never has. */
  get listen(): Address {
    return this.state.listen;
  }

  get isListening(): boolean {
    return this.state.isListening;
  }

  get connectionCount(): number {
    return this.connections.openCount;
  }

  /** In the order in which they were added, which is the order in which they act. */
  get toxics(): readonly ActiveToxic[] {
    return this.#toxics.all();
  }

  /** By toxic name, past ones included. */
  get hits(): Readonly<Record<string, ToxicHits>> {
    return this.#toxics.hits();
  }

  /** Throws a `ChaosError` TOXIC_NOT_FOUND. */
  toxic(name: string): ActiveToxic {
    return this.#toxics.get(name);
  }

  /** Rejects with a `ChaosError` TOXIC_EXISTS or BAD_REQUEST. */
  async addToxic(spec: NewToxic): Promise<ActiveToxic> {
    const toxic = this.#toxics.add(spec, this.connections.accepted);
    this.#tell({ kind: 'toxicAdded', proxy: this.name, toxic: toxic.name });
    if (toxic.action.kind === 'connection') {
      this.#onEach((connection) => connection.add(toxic));
      return toxic;
    }
    if (toxic.scope !== 'new') toxic.hits.connections += this.connections.openCount;
    await this.state.align();
    if (toxic.scope !== 'new') this.#dropConnections();
    return toxic;
  }

  /** Throws a `ChaosError` TOXIC_NOT_FOUND or BAD_REQUEST. */
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

  /** Every lease is over, every toxic gone, and it is enabled. Rejects with a `ChaosError` LISTEN_FAILED. */
  async reset(): Promise<void> {
    this.#endToxics('reset');
    await this.state.reset();
  }

  async close(): Promise<void> {
    this.#endToxics('closed');
    this.#dropConnections();
    await this.state.close();
    // Those that came while it was being closed.
    this.#dropConnections();
  }

  async #endToxic(toxic: ActiveToxic, why: ToxicEnd): Promise<void> {
    if (!this.#toxics.remove(toxic)) return;
    this.#onEach((connection) => connection.remove(toxic));
    this.#tell({ kind: 'toxicEnded', proxy: this.name, toxic: toxic.name, why, hits: { ...toxic.hits } });
    if (toxic.action.kind === 'listener') await this.state.align();
  }

  #endToxics(why: ToxicEnd): void {
    for (const toxic of this.#toxics.all()) void this.#endToxic(toxic, why);
  }

  #dropConnections(): void {
    this.#onEach((connection) => connection.close());
  }

  /** A few connections are done when this returns; of thousands, the rest follows in short turns. */
  #onEach(work: (connection: Connection) => void): void {
    const tasks = [...this.connections.open()].map((connection) => () => work(connection));
    this.#options.queue.addAll(tasks);
  }

  #tell(event: ProxyEvent): void {
    this.#options.onEvent(event);
  }

  #accept(client: Socket): void {
    const { seed, clock, queue } = this.#options;
    const connection = new Connection({
      client,
      upstream: this.state.upstream,
      number: this.connections.nextNumber(),
      seed: `${seed}/${this.name}`,
      clock,
      queue,
      onClose: (closed) => this.connections.close(closed),
    });
    this.connections.add(connection);
    for (const toxic of this.toxics) connection.add(toxic);
  }
}

/** One that only drops what is open leaves the listener alone. */
function closesListener({ action, scope }: ActiveToxic): boolean {
  return action.kind === 'listener' && scope !== 'existing';
}
