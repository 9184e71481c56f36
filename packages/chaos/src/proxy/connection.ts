import { connect, type Socket } from 'node:net';
import type { Clock } from '@stormcart/core';
import { type ActiveToxic, drawConnection, isInScope, type Stream } from './active-toxic.ts';
import { addressText } from './address.ts';
import { atDueTime } from './at-due-time.ts';
import type { FairQueue } from './fair-queue.ts';
import { Lane } from './lane.ts';
import { type ConnectionHits, Stage } from './stage.ts';
import type { Upstream } from './upstream.ts';

export interface ConnectionOptions {
  readonly client: Socket;
  readonly upstream: Upstream;
  /** Counts from 1 on each proxy. */
  readonly number: number;
  readonly seed: string;
  readonly clock: Clock;
  readonly queue: FairQueue;
  readonly onClose: (connection: Connection) => void;
}

/** Bytes of one direction: what the sender sent, and what went on to the receiver. */
export interface Carried {
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

/** A server that answers nothing in this time is taken for dead and the client is let go. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Whose connection was cut has this long to read the rest; closed at once, a reset could overtake it. */
const LINGER_MS = 2_000;
/** As Go's net package, and so Toxiproxy, has it: a peer that vanished is found within minutes, not never. */
const KEEP_ALIVE_MS = 15_000;
/** Names of toxics whose hits one connection remembers: more than any drill adds to one link. */
const REMEMBERED_HITS_MAX = 256;

interface Met {
  readonly stage: Stage;
  readonly cancelEnding: (() => void) | undefined;
}

/** One client's connection and its twin to the server. */
export class Connection {
  /** Counts from 1 on each proxy. */
  readonly number: number;
  /** The client's address. */
  readonly client: string;
  readonly #options: ConnectionOptions;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #lanes: Readonly<Record<Stream, Lane>>;
  readonly #met = new Map<ActiveToxic, Met>();
  readonly #hits = new Map<string, ConnectionHits>();
  #openSockets = 2;
  #cancelTimeout: () => void;

  constructor(options: ConnectionOptions) {
    const { client, upstream, number, clock } = options;
    this.number = number;
    this.client = addressText({ host: client.remoteAddress ?? '', port: client.remotePort ?? 0 });
    this.#options = options;
    this.#client = client;
    this.#server = connect({
      ...upstream.target,
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
    });
    this.#lanes = {
      upstream: this.#createLane(client, this.#server),
      downstream: this.#createLane(this.#server, client),
    };
    for (const socket of [client, this.#server]) {
      // What an error means for the other side follows from 'close'.
      socket.on('error', () => undefined);
      socket.once('close', () => this.#onSocketClose());
    }
    // Until there is a server the client is not read: its bytes wait in the kernel.
    const giveUp = (): void => this.close();
    this.#cancelTimeout = clock.after(CONNECT_TIMEOUT_MS, giveUp);
    this.#server.once('close', giveUp);
    this.#server.once('connect', () => {
      this.#cancelTimeout();
      this.#server.off('close', giveUp);
      this.#lanes.upstream.open();
      this.#lanes.downstream.open();
    });
  }

  /** What came through each toxic that met this connection, by name; those that are over included. */
  get hits(): Readonly<Record<string, ConnectionHits>> {
    return Object.fromEntries(this.#hits);
  }

  get carried(): Readonly<Record<Stream, Carried>> {
    return {
      upstream: carried(this.#client, this.#server),
      downstream: carried(this.#server, this.#client),
    };
  }

  /** Applies a toxic unless its scope or the draw spares this connection. */
  add(toxic: ActiveToxic): void {
    const { seed, number, clock } = this.#options;
    if (toxic.action.kind !== 'connection' || !isInScope(toxic, number)) return;
    const random = drawConnection(toxic, seed, number);
    if (random === undefined) return;
    const effect = toxic.action.begin({ nowMs: clock.now(), random, passedBytes: 0 });
    const stage = new Stage(toxic, effect, this.#hitsOf(toxic.name));
    this.#lanes[toxic.stream].add(stage);
    this.#meet(toxic, stage);
  }

  /** Goes on with another toxic in the place of one: the same with other attributes or another toxicity. */
  change(before: ActiveToxic, after: ActiveToxic): void {
    const { seed, number, clock } = this.#options;
    const met = this.#met.get(before);
    if (met === undefined) {
      this.add(after);
      return;
    }
    const random = drawConnection(after, seed, number);
    if (random === undefined || after.action.kind !== 'connection') {
      this.remove(before);
      return;
    }
    this.#forget(before, met);
    const { stage } = met;
    stage.change(after.action.begin({ nowMs: clock.now(), random, passedBytes: stage.passedBytes }));
    this.#meet(after, stage);
    this.#lanes[after.stream].wake();
  }

  remove(toxic: ActiveToxic): void {
    const met = this.#met.get(toxic);
    if (met === undefined) return;
    this.#forget(toxic, met);
    if (met.stage.effect.removal === 'close') {
      this.close();
      return;
    }
    met.stage.release();
    this.#lanes[toxic.stream].wake();
  }

  /** Closes both sides now; what is held is lost. */
  close(): void {
    this.#endLanes();
    this.#client.destroy();
    this.#server.destroy();
  }

  /** The same with a TCP RST to both peers. */
  reset(): void {
    this.#endLanes();
    resetSocket(this.#client);
    this.#resetServer();
  }

  #createLane(source: Socket, sink: Socket): Lane {
    const { clock, queue } = this.#options;
    const onCut = (): void => this.#cut(source, sink);
    const resetSink = (): void => {
      if (sink === this.#server) this.#resetServer();
      else resetSocket(sink);
    };
    return new Lane(source, sink, { clock, queue, events: { onCut, resetSink } });
  }

  /** The receiver gets what has passed and then the end; the sender is let go. */
  #cut(source: Socket, sink: Socket): void {
    this.#endLanes();
    source.destroy();
    sink.end();
    // What it still sends has nowhere to go, but must be read: a close over unread data is a reset.
    sink.resume();
    this.#cancelTimeout = this.#options.clock.after(LINGER_MS, () => sink.destroy());
  }

  #meet(toxic: ActiveToxic, stage: Stage): void {
    this.#met.set(toxic, { stage, cancelEnding: this.#awaitEnding(stage) });
  }

  #awaitEnding(stage: Stage): (() => void) | undefined {
    const { ending } = stage.effect;
    if (ending === undefined) return undefined;
    const end = (): void => {
      stage.countHit();
      if (ending.kind === 'reset') this.reset();
      else this.close();
    };
    return atDueTime(this.#options.clock, ending.dueMs, end);
  }

  #forget(toxic: ActiveToxic, { cancelEnding }: Met): void {
    cancelEnding?.();
    this.#met.delete(toxic);
  }

  #hitsOf(name: string): ConnectionHits {
    const hits = this.#hits.get(name) ?? { chunks: 0, bytes: 0 };
    if (this.#hits.size < REMEMBERED_HITS_MAX) this.#hits.set(name, hits);
    return hits;
  }

  /** An open connection is reset; one that is not there yet cannot be, nor can a Unix socket. */
  #resetServer(): void {
    if (this.#server.connecting || 'path' in this.#options.upstream.target) this.#server.destroy();
    else resetSocket(this.#server);
  }

  #endLanes(): void {
    this.#cancelTimeout();
    for (const { cancelEnding } of this.#met.values()) cancelEnding?.();
    this.#met.clear();
    this.#lanes.upstream.close();
    this.#lanes.downstream.close();
  }

  #onSocketClose(): void {
    this.#openSockets -= 1;
    if (this.#openSockets > 0) return;
    this.#endLanes();
    this.#options.onClose(this);
  }
}

/** A socket that never came to be connected has counted nothing yet. */
function carried(source: Socket, sink: Socket): Carried {
  return { receivedBytes: source.bytesRead || 0, sentBytes: sink.bytesWritten || 0 };
}

function resetSocket(socket: Socket): void {
  if (!socket.destroyed) socket.resetAndDestroy();
}
