import type { SystemProcess } from '@stormcart/core';
import type { BurdenOrder } from '../../burden/burden.ts';
import { BurdenProcess } from '../../burden/burden-process.ts';
import { settleAll } from '../settle-all.ts';
import { processDown } from './process-down.ts';
import type { ProcessPart } from './process-fault.ts';

export interface BurdenPlan {
  /** As scenarios name it, for messages. */
  readonly action: string;
  /** What is laid beside the process, asked when the fault begins. Rejects with a `ChaosError` when it must not be. */
  readonly orders: () => Promise<readonly BurdenOrder[]>;
  /** How many hits an amount is. */
  readonly hitsOf: (amount: number) => number;
}

/** Burdens beside one process, each a process of its own that ends by itself. */
export function burdenPart(process: SystemProcess, { action, orders, hitsOf }: BurdenPlan): ProcessPart {
  const burdens: BurdenProcess[] = [];
  return {
    apply: async (lease) => {
      const pid = process.pid();
      if (pid === undefined) throw processDown(process.name, action);
      const laying = (await orders()).map((order) => {
        const burden = new BurdenProcess({ name: process.name, pid });
        burdens.push(burden);
        return burden.lay(order, lease);
      });
      await settleAll(laying);
    },
    revert: () => settleAll(burdens.map((burden) => burden.lift())),
    isGone: async () => (await Promise.all(burdens.map((burden) => burden.isGone()))).every(Boolean),
    hits: async () => burdens.reduce((sum, burden) => sum + hitsOf(burden.amount()), 0),
  };
}
