import { type SystemStore, systemClock } from '@stormcart/core';
import { ChaosError } from '../../chaos-error.ts';
import type { Fault } from '../fault.ts';
import type { CheckedSpec, FaultTargets } from '../fault-family.ts';
import { settleAll } from '../settle-all.ts';
import type { StoreKind } from './store-kind.ts';
import { type StoreFaultName, storeFaultKinds } from './store-kinds.ts';
import { storeMisfit } from './store-misfit.ts';

/** One action on one or more stores, at once. */
export function createStoreFault(spec: CheckedSpec<SystemStore>, context: FaultTargets): Fault {
  const { id, kind, names, targets, attributes } = spec;
  for (const store of targets) {
    const misfit = storeMisfit(kind, store);
    if (misfit !== undefined) throw unfit(id, misfit.message, misfit.accepted);
  }
  const { stores, processes } = context;
  const found: StoreKind = storeFaultKinds[kind as StoreFaultName];
  const parts = found.create(targets, { id, attributes, stores, processes });
  return {
    id,
    about: `${kind} on ${names.join(', ')}`,
    apply: (lease) => settleAll(parts.map((part) => part.apply(lease))),
    revert: (signal) => settleAll(parts.map((part) => persist(() => part.revert(signal), signal))),
    verifyGone: async (signal) => {
      const answers = await Promise.all(parts.map((part) => part.isGone(signal)));
      return answers.every(Boolean);
    },
    hits: async () => parts.reduce((sum, part) => sum + part.hits(), 0),
    operations: () => parts.flatMap((part) => part.operations?.() ?? []),
  };
}

/** A store that restarts is back within seconds. */
const AGAIN_AFTER_MS = 200;

/** Tries again what failed: the store may be restarting, or frozen by another fault. Rejects with the last failure. */
async function persist(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      await systemClock.sleep(AGAIN_AFTER_MS, signal).catch(() => undefined);
      if (signal.aborted) throw error;
    }
  }
}

function unfit(id: string, message: string, accepted: readonly string[]): ChaosError {
  return new ChaosError({
    kind: 'usage',
    code: 'BAD_FAULT',
    message: `fault ${id}: ${message}`,
    hint: `Accepted: ${accepted.join(', ')}.`,
    details: { accepted },
  });
}
