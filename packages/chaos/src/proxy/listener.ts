import { createServer, type Server, type Socket } from 'node:net';
import {
  type Address,
  type Clock,
  leasePort,
  messageOf,
  type PortLease,
  systemCodeOf,
} from '@stormcart/core';
import { ChaosError } from '../chaos-error.ts';

/** Two descriptors each: far above what one link of a drill needs, below the usual hard limit of descriptors. */
const CONNECTIONS_MAX = 10_000;
/** How often a reopening listener asks again for a port that somebody took meanwhile. */
const REOPEN_EVERY_MS = 100;

/** A listening address that can be shut and opened again. Port 0 leases a port and keeps it while shut. */
export class Listener {
  readonly #host: string;
  readonly #clock: Clock;
  readonly #accept: (socket: Socket) => void;
  #port: number;
  #lease: PortLease | undefined;
  #server: Server | undefined;
  #wantsOpen = false;
  #cancelRetry: () => void = () => undefined;

  constructor(address: Address, clock: Clock, accept: (socket: Socket) => void) {
    this.#host = address.host;
    this.#port = address.port;
    this.#clock = clock;
    this.#accept = accept;
  }

  get address(): Address {
    return { host: this.#host, port: this.#port };
  }

  get isListening(): boolean {
    return this.#server?.listening === true;
  }

  /** Rejects with a `ChaosError` LISTEN_FAILED. */
  async open(): Promise<void> {
    if (this.#port === 0) {
      this.#lease = await leasePort();
      this.#port = this.#lease.port;
    }
    this.#wantsOpen = true;
    try {
      await this.#listen();
    } catch (cause) {
      await this.releaseAddress();
      throw new ChaosError({
        kind: 'environment',
        code: 'LISTEN_FAILED',
        message: `cannot listen on ${this.#host}:${this.#port}: ${messageOf(cause)}`,
        ...(systemCodeOf(cause) === 'EADDRINUSE'
          ? { hint: `See who has the port: \`ss -ltnp 'sport = :${this.#port}'\`.` }
          : {}),
        cause,
      });
    }
  }

  /** Refuses new connections from now on. Those that are open are their owner's to close. */
  async shut(): Promise<void> {
    this.#wantsOpen = false;
    this.#cancelRetry();
    const server = this.#server;
    this.#server = undefined;
    // The descriptor is closed before this returns; the callback would wait for every open connection.
    server?.close();
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Listens again; when the port is taken it goes on trying until it is shut. */
  async reopen(): Promise<void> {
    if (this.#wantsOpen) return;
    this.#wantsOpen = true;
    await this.#retry();
  }

  async releaseAddress(): Promise<void> {
    await this.shut();
    await this.#lease?.close();
    this.#lease = undefined;
  }

  async #retry(): Promise<void> {
    if (!this.#wantsOpen) return;
    try {
      await this.#listen();
    } catch {
      this.#cancelRetry = this.#clock.after(REOPEN_EVERY_MS, () => void this.#retry());
    }
  }

  async #listen(): Promise<void> {
    // Half-open: one direction may end before the other. Paused: nothing is read before there is a server.
    const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
    server.maxConnections = CONNECTIONS_MAX;
    server.on('connection', this.#accept);
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.once('close', resolve);
      server.listen({ port: this.#port, host: this.#host, exclusive: true }, () => {
        server.off('error', reject);
        server.on('error', () => undefined);
        resolve();
      });
    });
  }
}
