import { createServer, type Server, type Socket } from 'node:net';
import {
  type Address,
  type Clock,
  leasePort,
  messageOf,
  type PortLease,
  type RequestHead,
} from '@stormcart/core';
import { ChaosError } from '../chaos-error.ts';
import type { Affliction } from './active-http-fault.ts';
import { HttpConnection } from './http-connection.ts';

export interface HttpProxyOptions {
  readonly name: string;
  /** Port 0: any free port, leased. */
  readonly listen: Address;
  readonly upstream: Address;
  readonly clock: Clock;
  readonly afflictionsOf: (head: RequestHead) => readonly Affliction[];
}

/** Two descriptors each: far above what one link of a drill needs, below the usual hard limit of descriptors. */
const CONNECTIONS_MAX = 10_000;

/** One link that carries HTTP: listens on its own address and forwards each connection to the upstream. */
export class HttpProxy {
  readonly name: string;
  readonly upstream: Address;
  readonly #options: HttpProxyOptions;
  readonly #server: Server;
  readonly #connections = new Set<HttpConnection>();
  #listen: Address;
  #lease: PortLease | undefined;

  constructor(options: HttpProxyOptions) {
    this.name = options.name;
    this.upstream = options.upstream;
    this.#options = options;
    this.#listen = options.listen;
    // Half-open: a client may end its side after the last request and still wait for the answer.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#accept(client));
    this.#server.maxConnections = CONNECTIONS_MAX;
  }

  get listen(): Address {
    return this.#listen;
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Rejects with a `ChaosError` LISTEN_FAILED when the address cannot be had. */
  async open(): Promise<void> {
    const { host, port } = this.#options.listen;
    if (port === 0) this.#lease = await leasePort();
    this.#listen = { host, port: this.#lease?.port ?? port };
    try {
      await new Promise<void>((resolve, reject) => {
        this.#server.once('error', reject);
        this.#server.listen({ ...this.#listen, exclusive: true }, resolve);
      });
    } catch (cause) {
      await this.#lease?.close();
      throw new ChaosError({
        kind: 'environment',
        code: 'LISTEN_FAILED',
        message: `cannot listen on ${host}:${this.#listen.port}: ${messageOf(cause)}`,
        cause,
      });
    }
    this.#server.on('error', () => undefined);
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const connection of this.#connections) connection.destroy();
    await closed;
    await this.#lease?.close();
  }

  #accept(client: Socket): void {
    const { upstream, clock, afflictionsOf } = this.#options;
    this.#connections.add(
      new HttpConnection({
        client,
        upstream,
        clock,
        afflictionsOf,
        onClose: (closed) => this.#connections.delete(closed),
      }),
    );
  }
}
