import { ChaosError } from '../../chaos-error.ts';
import type { HttpFaultName } from '../../http-fault/http-fault-table.ts';
import type { Fault } from '../fault.ts';
import type { CheckedSpec, FaultTargets } from '../fault-family.ts';

/** One fault on all its links, so that its limits hold for them together, and it begins and ends on all at once. */
export function createHttpFault(spec: CheckedSpec<string>, { faultProxy }: FaultTargets): Fault {
  const { id, kind, names, targets, attributes } = spec;
  if (faultProxy === undefined) {
    throw new ChaosError({
      kind: 'usage',
      code: 'BAD_FAULT',
      message: `fault ${id}: its links have no fault proxy`,
    });
  }
  const { http } = faultProxy;
  return {
    id,
    about: `${kind} on ${names.join(', ')}`,
    apply: async ({ forMs, signal, journal }) => {
      await journal(http.undoOf(id));
      const fault = { name: id, kind: kind as HttpFaultName, proxies: targets, attributes, ttlMs: forMs };
      await http.add(fault, signal);
    },
    revert: async (signal) => {
      await http.remove(id, signal);
    },
    verifyGone: async (signal) => (await http.active(signal)).every(({ name }) => name !== id),
    hits: async () => (await http.hits(id)).requests,
  };
}
