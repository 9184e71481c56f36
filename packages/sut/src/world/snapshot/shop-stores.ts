import type { Address } from '@stormcart/core';

/** Where the snapshot and the drain check read: real addresses, past any fault proxy. */
export interface ShopStores {
  readonly mariadb: Address & {
    /** The shop's own unprivileged account: a privileged one would see past locks that the shop hits. */
    readonly user: string;
    readonly password: string;
    readonly database: string;
  };
  readonly redis: Address;
  readonly rabbitmq: Address & { readonly vhost: string };
}
