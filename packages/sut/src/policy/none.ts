import { currentDeadline, requireTime } from './deadline.ts';
import type { Policy } from './policy.ts';
import { untilDeadline } from './until-deadline.ts';

/**
 * Nothing between the caller and the dependency but the client's own last-resort bound. Deadlines are another policy:
 * where there is one, its caller does not wait past it.
 */
export function createNone(name: string): Policy {
  const neverAborted = new AbortController().signal;
  return {
    name,
    execute: async (action) => {
      requireTime(name);
      const deadline = currentDeadline();
      const call = action(neverAborted);
      return deadline === undefined ? call : untilDeadline(call, deadline, name);
    },
    observe: () => undefined,
    close: () => undefined,
  };
}
