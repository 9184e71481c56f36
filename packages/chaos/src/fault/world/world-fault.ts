import type { SwitchedOn, SystemSwitch } from '@stormcart/core';
import { ChaosError } from '../../chaos-error.ts';
import type { Fault } from '../fault.ts';
import type { CheckedSpec } from '../fault-family.ts';
import { settleAll } from '../settle-all.ts';

/** One action on one or more switches, at once. Throws where one of them does not have it. */
export function createWorldFault(spec: CheckedSpec<SystemSwitch>): Fault {
  const { id, kind, names, targets, attributes } = spec;
  for (const target of targets) assertAction(id, kind, target);
  const begun: SwitchedOn[] = [];
  return {
    id,
    about: `${kind} on ${names.join(', ')}`,
    apply: ({ forMs }) =>
      settleAll(
        targets.map(async (target) => {
          begun.push(await target.begin(kind, attributes, forMs));
        }),
      ),
    revert: () => settleAll(begun.map((on) => on.end())),
    verifyGone: async () => (await Promise.all(begun.map((on) => on.isOver()))).every(Boolean),
    hits: async () => {
      const counts = await Promise.all(begun.map((on) => on.hits()));
      return counts.reduce((sum, count) => sum + count, 0);
    },
  };
}

function assertAction(id: string, action: string, { name, actions }: SystemSwitch): void {
  if (Object.hasOwn(actions, action)) return;
  const accepted = Object.keys(actions);
  throw new ChaosError({
    kind: 'usage',
    code: 'BAD_FAULT',
    message: `fault ${id}: ${name} has no action ${action}`,
    hint: `Accepted: ${accepted.join(', ')}.`,
    details: { accepted },
  });
}
