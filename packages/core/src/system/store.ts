import type { Address } from './link.ts';

/** What a store is. */
export type StoreTechnology = 'mariadb' | 'rabbitmq' | 'redis';

/** A store, or one node of a replicated one, as a scenario may name it. */
export interface StoreDescription {
  readonly name: string;
  readonly technology: StoreTechnology;
  /** The replicated store that it is a node of; absent for one that stands alone. */
  readonly cluster?: string;
}

/** A store of a running system, with what an administrator needs to change it. */
export type SystemStore = MariadbStore | RabbitmqStore | RedisStore;

interface ReachableStore extends StoreDescription {
  /** Its own, past any fault proxy. */
  readonly address: Address;
  /** Name of the supervised process that it runs in; absent where somebody else runs it. */
  readonly process?: string;
}

export interface MariadbStore extends ReachableStore {
  readonly technology: 'mariadb';
  /** May change global settings and end connections (SUPER). */
  readonly administrator: StoreAccount;
  /** The one that the system keeps its tables in. */
  readonly database: string;
}

export interface RedisStore extends ReachableStore {
  readonly technology: 'redis';
  /** Absent where it asks nobody for a password. */
  readonly account?: StoreAccount;
}

export interface RabbitmqStore extends ReachableStore {
  readonly technology: 'rabbitmq';
  readonly virtualHost: string;
  /** May publish to every queue of the virtual host. */
  readonly account: StoreAccount;
  /** Absent where the node cannot be administered from here: then no fault can change its settings. */
  readonly control?: RabbitmqControl;
}

export interface StoreAccount {
  readonly user: string;
  readonly password: string;
}

/** How Erlang's `erl_call` reaches a node of RabbitMQ. */
export interface RabbitmqControl {
  /** Path of `erl_call`. */
  readonly program: string;
  /** A folder with the node's `.erlang.cookie`. */
  readonly home: string;
  /** Where the node listens for other nodes. */
  readonly address: Address;
}
