import type { Stream } from './active-toxic.ts';
import type { Carried, Connection } from './connection.ts';
import type { ConnectionHits } from './stage.ts';

/** One connection, open or past. */
export interface ConnectionRecord {
  /** Counts from 1 on each proxy. */
  readonly number: number;
  readonly client: string;
  readonly isOpen: boolean;
  readonly carried: Readonly<Record<Stream, Carried>>;
  /** By toxic that met it: what came through while it lasted. */
  readonly hits: Readonly<Record<string, ConnectionHits>>;
}

/** Past connections that are still told: enough to look at a test's thousand afterwards. */
const REMEMBERED_MAX = 2_048;

const nothing: Carried = { receivedBytes: 0, sentBytes: 0 };

/** The connections of one proxy: those that are open, and what is known of those that were. */
export class ConnectionLog {
  readonly #open = new Set<Connection>();
  readonly #past = new Map<number, ConnectionRecord>();
  #pastCarried: Readonly<Record<Stream, Carried>> = { upstream: nothing, downstream: nothing };
  #accepted = 0;

  /** How many have come so far. */
  get accepted(): number {
    return this.#accepted;
  }

  get openCount(): number {
    return this.#open.size;
  }

  open(): Iterable<Connection> {
    return this.#open;
  }

  nextNumber(): number {
    this.#accepted += 1;
    return this.#accepted;
  }

  add(connection: Connection): void {
    this.#open.add(connection);
  }

  close(connection: Connection): void {
    if (!this.#open.delete(connection)) return;
    this.#past.set(connection.number, recordOf(connection, false));
    this.#pastCarried = addUp(this.#pastCarried, connection.carried);
    const [oldest] = this.#past.keys();
    if (this.#past.size > REMEMBERED_MAX && oldest !== undefined) this.#past.delete(oldest);
  }

  /** Open ones and the latest past ones, in the order in which they came. */
  records(): readonly ConnectionRecord[] {
    const open = [...this.#open].map((connection) => recordOf(connection, true));
    return [...this.#past.values(), ...open].toSorted((left, right) => left.number - right.number);
  }

  /** Bytes of all connections so far. */
  carried(): Readonly<Record<Stream, Carried>> {
    return [...this.#open].reduce((sum, { carried }) => addUp(sum, carried), this.#pastCarried);
  }
}

function recordOf(connection: Connection, isOpen: boolean): ConnectionRecord {
  const { number, client, carried, hits } = connection;
  return { number, client, isOpen, carried, hits };
}

type CarriedBoth = Readonly<Record<Stream, Carried>>;

function addUp(left: CarriedBoth, right: CarriedBoth): CarriedBoth {
  const sum = (stream: Stream): Carried => ({
    receivedBytes: left[stream].receivedBytes + right[stream].receivedBytes,
    sentBytes: left[stream].sentBytes + right[stream].sentBytes,
  });
  return { upstream: sum('upstream'), downstream: sum('downstream') };
}
