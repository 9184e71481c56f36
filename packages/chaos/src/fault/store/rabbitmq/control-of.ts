import type { RabbitmqControl, RabbitmqStore } from '@stormcart/core';
import { ChaosError } from '../../../chaos-error.ts';

/** Throws where the broker's node cannot be administered from here. */
export function controlOf({ name, control }: RabbitmqStore, kind: string): RabbitmqControl {
  if (control !== undefined) return control;
  throw new ChaosError({
    kind: 'usage',
    code: 'BAD_FAULT',
    message: `\`${kind}\` changes ${name} from inside, and there is no way in`,
    hint: "It takes Erlang's `erl_call` on this machine and the node's cookie.",
  });
}
