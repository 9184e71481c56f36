import type { SystemStore } from '@stormcart/core';

/** One fault's hold on one setting of a store. Faults that know nothing of each other may hold the same one. */
export interface HeldSetting<Value> {
  /** Takes hold and tells what it was before anybody changed it: `read` is asked by the first one only. */
  take(read: () => Promise<Value>): Promise<Value>;
  /** Lets go. True where nobody else holds it: then it must be put back, also when asked again. */
  letGo(): boolean;
  isHeldByOthers(): boolean;
}

interface Holders {
  readonly set: Set<object>;
  original: Promise<unknown> | undefined;
}

/** It hangs on the store itself: the first that changes a setting knows what it was, and the last one puts it back. */
const holdersOf = new WeakMap<SystemStore, Map<string, Holders>>();

export function holdSetting<Value>(store: SystemStore, setting: string): HeldSetting<Value> {
  const me = {};
  const settings = holdersOf.get(store) ?? new Map<string, Holders>();
  holdersOf.set(store, settings);
  const holders = settings.get(setting) ?? { set: new Set(), original: undefined };
  settings.set(setting, holders);
  return {
    take: async (read) => {
      if (holders.set.size === 0) holders.original = read();
      holders.set.add(me);
      try {
        return (await holders.original) as Value;
      } catch (error) {
        holders.set.delete(me);
        throw error;
      }
    },
    letGo: () => {
      holders.set.delete(me);
      return holders.set.size === 0;
    },
    isHeldByOthers: () => holders.set.size > (holders.set.has(me) ? 1 : 0),
  };
}
