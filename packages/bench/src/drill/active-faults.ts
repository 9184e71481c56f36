import type { FaultSession } from '@stormcart/chaos';

/** The ids of the faults that are on at this moment. */
export function activeFaultsOf(session: FaultSession): readonly string[] {
  return session
    .records()
    .filter(({ appliedMs, revertedMs }) => appliedMs !== undefined && revertedMs === undefined)
    .map(({ id }) => id);
}
