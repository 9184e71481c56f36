import { createServer, type Server, type Socket } from 'node:net';
import { type Address, type Clock, leasePort, type PortLease } from '@stormcart/core';
import { listenFailed } from './listen-error.ts';
import { resolveHost } from './resolve-host.ts';

/** Two descriptors each: far above what one link of a drill needs, below the usual hard limit of descriptors. */
const CONNECTIONS_MAX = 10_000;
/** How many may wait to be accepted while this process is busy; the kernel allows no more unless it is told to. */
const BACKLOG = 4_096;
/** How often a reopening listener asks again for a port that somebody took meanwhile. */
const REOPEN_EVERY_MS = 100;
/** As Go's net package, and so Toxiproxy, has it. */
const KEEP_ALIVE_MS = 15_000;

/** A listening address that can be shut and opened again. Port 0 leases a port and keeps it while shut. */
export class Listener {
  readonly #clock: Clock;
  readonly #accept: (socket: Socket) => void;
  #address: Address;
  #lease: PortLease | undefined;
  #server: Server | undefined;
  #wantsOpen = false;
  #cancelRetry: () => void = () => undefined;

  constructor(address: Address, clock: Clock, accept: (socket: Socket) => void) {
    this.#address = address;
    this.#clock = clock;
    this.#accept = accept;
  }

  /** As it was asked for; once it has been open, where it really listened. */
  get address(): Address {
    return this.#address;
  }

  get isListening(): boolean {
    return this.#server?.listening === true;
  }

  /** Rejects with a `ChaosError` LISTEN_FAILED. */
  async open(): Promise<void> {
    if (this.isListening) return;
    this.#cancelRetry();
    this.#wantsOpen = true;
    try {
      await this.#listen();
    } catch (cause) {
      await this.shut();
      throw listenFailed(this.#address, cause);
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

  async release(): Promise<void> {
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

  async #resolve(): Promise<Address> {
    const host = await resolveHost(this.#address.host);
    if (this.#address.port === 0) this.#lease ??= await leasePort();
    this.#address = { host, port: this.#lease?.port ?? this.#address.port };
    return this.#address;
  }

  async #listen(): Promise<void> {
    const { host, port } = await this.#resolve();
    const server = createServer({
      // Half-open: one direction may end before the other. Paused: nothing is read before there is a server.
      allowHalfOpen: true,
      pauseOnConnect: true,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
    });
    server.maxConnections = CONNECTIONS_MAX;
    server.on('connection', this.#accept);
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.once('close', resolve);
      const where = host === '' ? { port } : { host, port };
      server.listen({ ...where, backlog: BACKLOG, exclusive: true }, () => {
        // Shut while it was about to listen: Node lets it listen all the same.
        if (this.#server !== server) server.close();
        server.off('error', reject);
        server.on('error', () => undefined);
        resolve();
      });
    });
    const bound = server.address();
    if (typeof bound === 'object' && bound !== null)
      this.#address = { host: bound.address, port: bound.port };
  }
}
