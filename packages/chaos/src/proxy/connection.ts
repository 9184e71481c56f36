import { connect, type Socket } from 'node:net';
import type { Address, Clock } from '@stormcart/core';
import { type ActiveToxic, drawConnection } from './active-toxic.ts';
import { Lane } from './lane.ts';
import { Stage } from './stage.ts';

export interface ConnectionOptions {
  readonly client: Socket;
  readonly upstream: Address;
  /** Counts from 1 on each proxy. */
  readonly number: number;
  readonly seed: string;
  readonly clock: Clock;
  readonly onClose: (connection: Connection) => void;
}

/** A server that answers nothing in this time is taken for dead and the client is let go. */
const CONNECT_TIMEOUT_MS = 10_000;

/** One client's connection and its twin to the server. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #lanes: { readonly upstream: Lane; readonly downstream: Lane };
  readonly #endings = new Map<ActiveToxic, () => void>();
  #openSockets = 2;

  constructor(options: ConnectionOptions) {
    const { client, upstream, clock } = options;
    this.#options = options;
    this.#client = client;
    this.#server = connect({ ...upstream, allowHalfOpen: true, noDelay: true });
    this.#lanes = {
      upstream: new Lane(client, this.#server, clock),
      downstream: new Lane(this.#server, client, clock),
    };
    for (const socket of [client, this.#server]) {
      // What an error means for the other side follows from 'close'.
      socket.on('error', () => undefined);
      socket.once('close', () => this.#onSocketClose());
    }
    // Until there is a server the client is not read: its bytes wait in the kernel.
    const giveUp = (): void => this.close();
    const cancelTimeout = clock.after(CONNECT_TIMEOUT_MS, giveUp);
    this.#server.once('close', cancelTimeout);
    this.#server.once('close', giveUp);
    this.#server.once('connect', () => {
      cancelTimeout();
      this.#server.off('close', giveUp);
      this.#lanes.upstream.open();
      this.#lanes.downstream.open();
    });
  }

  /** Applies a toxic unless the draw spares this connection. */
  add(toxic: ActiveToxic): void {
    const { seed, number, clock } = this.#options;
    if (toxic.action.kind !== 'connection') return;
    const random = drawConnection(toxic, seed, number);
    if (random === undefined) return;
    const nowMs = clock.now();
    const stage = new Stage(toxic, toxic.action.begin({ nowMs, random }));
    this.#lanes[toxic.stream].add(stage);
    const { ending } = stage.effect;
    if (ending === undefined) return;
    const end = (): void => {
      stage.countHit();
      if (ending.kind === 'reset') this.reset();
      else this.close();
    };
    if (ending.dueMs <= nowMs) end();
    else this.#endings.set(toxic, clock.after(ending.dueMs - nowMs, end));
  }

  remove(toxic: ActiveToxic): void {
    this.#endings.get(toxic)?.();
    this.#endings.delete(toxic);
    const lane = this.#lanes[toxic.stream];
    const stage = lane.find(toxic);
    if (stage === undefined) return;
    if (stage.effect.removal === 'close') this.close();
    else lane.release(stage);
  }

  /** Closes both sides now; what is held is lost. */
  close(): void {
    this.#closeLanes();
    this.#client.destroy();
    this.#server.destroy();
  }

  /** The same with a TCP RST to both peers. */
  reset(): void {
    this.#closeLanes();
    this.#client.resetAndDestroy();
    if (this.#server.connecting) this.#server.destroy();
    else this.#server.resetAndDestroy();
  }

  #closeLanes(): void {
    for (const cancel of this.#endings.values()) cancel();
    this.#endings.clear();
    this.#lanes.upstream.close();
    this.#lanes.downstream.close();
  }

  #onSocketClose(): void {
    this.#openSockets -= 1;
    if (this.#openSockets > 0) return;
    this.#closeLanes();
    this.#options.onClose(this);
  }
}
