import type { z } from 'zod';
import type { ContractRequest } from './contract-client.ts';
import type { ContractWorld } from './contract-world.ts';

/** What the shop may have to do without for a while. */
export type ContractStore = 'mariadb' | 'rabbitmq';

/** One promise of the shop's interface: given this, that request is answered like so. */
export interface ContractCase {
  /** `PUT /api/cart/items/:sku` */
  readonly route: string;
  readonly status: number;
  readonly given: string;
  /** Stands still from after the preparation until the answer. */
  readonly without?: ContractStore;
  /** Prepares what is given and returns the request to judge. */
  readonly request: (world: ContractWorld) => Promise<ContractRequest> | ContractRequest;
  /** Of a success; a problem's body is always checked against RFC 9457. */
  readonly body?: z.ZodType;
  /** The slug of the problem's `type`. */
  readonly problem?: string;
  /** Members that the problem has beside those of RFC 9457. */
  readonly members?: readonly string[];
  /** Headers that must be there, in the form that they must have. */
  readonly headers?: Readonly<Record<string, RegExp>>;
}

/** A wait that a client can act upon. */
export const RETRY_AFTER = { 'retry-after': /^[1-9]\d*$/ } as const;
/** No cache may keep an answer with a secret in it. */
export const NO_STORE = { 'cache-control': /no-store/ } as const;
