import { createFaultSession, type Fault, type FaultRecord, type FaultSpec } from '@stormcart/chaos';
import { systemClock } from '@stormcart/core';
import { expect } from 'vitest';

/** A fault inside one store. */
export function specOf(store: string, kind: string, attributes: FaultSpec['attributes'] = {}): FaultSpec {
  return { id: kind.replaceAll('_', '-'), family: 'store', kind, targets: [store], attributes };
}

/** Has the fault on while something is tried; returns its record once it is gone. */
export async function during(fault: Fault, attempt: () => Promise<void>): Promise<FaultRecord> {
  const session = createFaultSession({ clock: systemClock });
  const over = session.inject(fault, 60_000);
  await expect.poll(() => session.events.length, { timeout: 10_000 }).toBeGreaterThan(0);
  expect(session.events.map(({ kind, problem }) => problem ?? kind)).toEqual(['applied']);
  try {
    await attempt();
  } finally {
    await session.rollback();
  }
  const record = await over;
  expect(record.problem).toBeUndefined();
  expect(record.isVerified).toBe(true);
  return record;
}
