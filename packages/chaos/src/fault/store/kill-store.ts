import type { SystemProcess, SystemStore } from '@stormcart/core';
import { ChaosError } from '../../chaos-error.ts';
import { killPart } from '../process/kill.ts';
import type { ProcessPart } from '../process/process-fault.ts';
import type { StoreRequest } from './store-kind.ts';
import type { StorePart } from './store-part.ts';

/** Kills the process of the store that `choose` finds when the time has come. */
export function killStore(
  choose: (signal: AbortSignal) => Promise<SystemStore>,
  kind: string,
  { processes }: StoreRequest,
): StorePart {
  let killed: ProcessPart | undefined;
  let hits = 0;
  return {
    apply: async (lease) => {
      const store = await choose(lease.signal);
      killed = killPart(processOf(store, kind, processes));
      await killed.apply(lease);
    },
    revert: async (signal) => {
      await killed?.revert(signal);
      hits = (await killed?.hits()) ?? 0;
    },
    isGone: async (signal) => (await killed?.isGone(signal)) ?? true,
    hits: () => hits,
  };
}

/** Throws where the store's process is not ours to kill. */
export function processOf(
  store: SystemStore,
  kind: string,
  processes: ReadonlyMap<string, SystemProcess>,
): SystemProcess {
  const found = store.process === undefined ? undefined : processes.get(store.process);
  if (found !== undefined) return found;
  throw new ChaosError({
    kind: 'usage',
    code: 'BAD_FAULT',
    message: `\`${kind}\` needs the process of ${store.name}, and somebody else runs it`,
    hint: 'Faults that kill need a store that this system starts itself; a link to it can be broken instead.',
  });
}
