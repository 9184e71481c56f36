import { requireTime } from './deadline.ts';
import type { Policy } from './policy.ts';

/** Nothing between the caller and the dependency but the client's own last-resort bound. */
export function createNone(name: string): Policy {
  const neverAborted = new AbortController().signal;
  return {
    name,
    execute: async (action) => {
      requireTime(name);
      return action(neverAborted);
    },
    observe: () => undefined,
    close: () => undefined,
  };
}
