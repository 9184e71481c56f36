import type { StoreTechnology, SystemProcess, SystemStore } from '@stormcart/core';
import type { AttributeValues, FaultKind } from '../attribute.ts';
import type { StorePart } from './store-part.ts';

/** A fault of this kind as it was asked for, checked. */
export interface StoreRequest {
  /** The fault's. */
  readonly id: string;
  /** Complete. */
  readonly attributes: AttributeValues;
  /** Everything in the running system, by name. */
  readonly stores: ReadonlyMap<string, SystemStore>;
  readonly processes: ReadonlyMap<string, SystemProcess>;
}

/** One way in which stores can fail. */
export interface StoreKind<Store extends SystemStore = SystemStore> extends FaultKind {
  /** What it can happen to. */
  readonly technologies: readonly Store['technology'][];
  /** Why it cannot happen to a store that stands alone; absent where it can. */
  readonly needsCluster?: string;
  /** Makes its parts; nothing is broken yet. Throws a `ChaosError` of kind 'usage' for what cannot be meant. */
  create(stores: readonly Store[], request: StoreRequest): readonly StorePart[];
}

/** The technologies in the order in which messages name them. */
export const technologyNames: Readonly<Record<StoreTechnology, string>> = {
  mariadb: 'MariaDB',
  rabbitmq: 'RabbitMQ',
  redis: 'Redis',
};
