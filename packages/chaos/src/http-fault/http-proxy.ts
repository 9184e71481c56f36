import type { Address, Clock, RequestHead } from '@stormcart/core';
import { Listener } from '../proxy/listener.ts';
import type { Upstream } from '../proxy/upstream.ts';
import type { Affliction } from './active-http-fault.ts';
import { HttpConnection } from './http-connection.ts';

export interface HttpProxyOptions {
  readonly name: string;
  /** Port 0: any free port, leased. */
  readonly listen: Address;
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly afflictionsOf: (head: RequestHead) => readonly Affliction[];
}

/** One link that carries HTTP: listens on its own address and forwards each connection to the upstream. */
export class HttpProxy {
  readonly name: string;
  readonly upstream: Upstream;
  readonly #listener: Listener;
  readonly #connections = new Set<HttpConnection>();

  constructor({ name, listen, upstream, clock, afflictionsOf }: HttpProxyOptions) {
    this.name = name;
    this.upstream = upstream;
    this.#listener = new Listener(listen, clock, (client) => {
      const onClose = (closed: HttpConnection): void => void this.#connections.delete(closed);
      this.#connections.add(new HttpConnection({ client, upstream, clock, afflictionsOf, onClose }));
    });
  }

  get listen(): Address {
    return this.#listener.address;
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Rejects with a `ChaosError` LISTEN_FAILED when the address cannot be had. */
  async open(): Promise<void> {
    await this.#listener.open();
  }

  async close(): Promise<void> {
    const released = this.#listener.release();
    for (const connection of this.#connections) connection.destroy();
    await released;
  }
}
