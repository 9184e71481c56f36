import type { BootContext, SupervisedSpec } from '@stormcart/core';

/** What starting a store needs of a boot. */
export type StoreContext = Pick<
  BootContext,
  'supervisor' | 'dataFolder' | 'logFolder' | 'cacheFolder' | 'signal'
>;

/**
 * A store that ended without being told to comes back, as under any service manager; a second is
 * systemd's and Kubernetes's order of magnitude, and long enough to be seen in a drill.
 */
export const STORE_RESTART: SupervisedSpec['restart'] = { kind: 'always', delayMs: 1_000 };

/** How often a starting store is asked whether it serves. */
export const READY_POLL_MS = 40;

/** On a machine with two busy cores the slowest store took 10 s; this is a broken one. */
export const READY_MS_MAX = 60_000;

/** The smallest environment that the servers and their start scripts get by with. */
export function storeEnvironment(programFolders: readonly string[]): Readonly<Record<string, string>> {
  const folders = [...programFolders, '/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'];
  return { PATH: [...new Set(folders)].join(':'), LC_ALL: 'C.UTF-8', TZ: 'UTC' };
}
