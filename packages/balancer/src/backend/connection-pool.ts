import type { Address, Clock } from '@stormcart/core';
import { UpstreamConnection } from './upstream-connection.ts';

/** Who asks for a connection. Is told how it stands, possibly before `acquire` returns, and then exactly one end. */
export interface Acquirer {
  /** A connection is being made. */
  onConnecting(): void;
  /** Others have all connections; one of them will be passed on. */
  onWaiting(): void;
  onAcquired(connection: UpstreamConnection): void;
  /** No connection could be made; nothing was sent. */
  onRefused(reason: string): void;
  /** All connections are busy and enough others wait already. */
  onSaturated(): void;
}

export interface ConnectionPoolOptions {
  readonly address: Address;
  readonly clock: Clock;
  readonly connectionsMax: number;
  readonly waitingMax: number;
  readonly idleMs: number;
  /** A connection attempt failed. */
  readonly onRefused: () => void;
}

/** The keep-alive connections to one back end. The most recently used idle one goes first, so that spare ones age out. */
export class ConnectionPool {
  readonly #options: ConnectionPoolOptions;
  readonly #open = new Set<UpstreamConnection>();
  readonly #connecting = new Map<UpstreamConnection, Acquirer>();
  readonly #waiting = new Set<Acquirer>();
  #idle: UpstreamConnection[] = [];

  constructor(options: ConnectionPoolOptions) {
    this.#options = options;
  }

  get openCount(): number {
    return this.#open.size;
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  acquire(acquirer: Acquirer): void {
    for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
      if (connection.isReusable) {
        acquirer.onAcquired(connection);
        return;
      }
      connection.destroy();
    }
    if (this.#open.size < this.#options.connectionsMax) {
      this.#connect(acquirer);
    } else if (this.#waiting.size < this.#options.waitingMax) {
      this.#waiting.add(acquirer);
      acquirer.onWaiting();
    } else {
      acquirer.onSaturated();
    }
  }

  /** The asker gives up. Says whether it waited for another's connection or for its own to be made. */
  cancel(acquirer: Acquirer): 'waiting' | 'connecting' {
    if (this.#waiting.delete(acquirer)) return 'waiting';
    for (const [connection, owner] of this.#connecting) {
      if (owner !== acquirer) continue;
      this.#connecting.delete(connection);
      connection.destroy();
    }
    return 'connecting';
  }

  /** The answer is complete: the connection serves the next one, or is closed when it cannot. */
  release(connection: UpstreamConnection): void {
    if (!connection.isReusable) {
      connection.destroy();
      return;
    }
    const next = this.#takeWaiting();
    if (next === undefined) {
      connection.idleSinceMs = this.#options.clock.now();
      this.#idle.push(connection);
    } else {
      next.onAcquired(connection);
    }
  }

  /** Closes what has been idle for too long. Called every now and then. */
  expire(): void {
    const oldestMs = this.#options.clock.now() - this.#options.idleMs;
    const expired = this.#idle.filter((connection) => connection.idleSinceMs < oldestMs);
    if (expired.length === 0) return;
    this.#idle = this.#idle.filter((connection) => connection.idleSinceMs >= oldestMs);
    for (const connection of expired) connection.destroy();
  }

  /** The back end left the rotation: idle connections are of no use, and who waits is better off elsewhere. */
  evacuate(reason: string): void {
    const [idle, waiting] = [this.#idle, [...this.#waiting]];
    this.#idle = [];
    this.#waiting.clear();
    for (const connection of idle) connection.destroy();
    for (const acquirer of waiting) acquirer.onRefused(reason);
  }

  close(): void {
    for (const connection of this.#open) connection.destroy();
  }

  #connect(acquirer: Acquirer): void {
    const connection = new UpstreamConnection(this.#options.address, {
      onConnected: (self) => {
        const asker = this.#connecting.get(self);
        this.#connecting.delete(self);
        if (asker === undefined) this.release(self);
        else asker.onAcquired(self);
      },
      onRefused: (self, reason) => {
        const asker = this.#connecting.get(self);
        this.#connecting.delete(self);
        this.#forget(self);
        // Nobody asks any more: we ended the attempt ourselves, which says nothing about the back end.
        if (asker === undefined) return;
        this.#options.onRefused();
        asker.onRefused(reason);
      },
      onClosed: (self) => this.#forget(self),
    });
    this.#open.add(connection);
    this.#connecting.set(connection, acquirer);
    acquirer.onConnecting();
  }

  #forget(connection: UpstreamConnection): void {
    this.#open.delete(connection);
    this.#idle = this.#idle.filter((other) => other !== connection);
    const next = this.#takeWaiting();
    if (next !== undefined) this.acquire(next);
  }

  #takeWaiting(): Acquirer | undefined {
    const [first] = this.#waiting;
    if (first !== undefined) this.#waiting.delete(first);
    return first;
  }
}
