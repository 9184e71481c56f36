import { access } from 'node:fs/promises';
import { z } from 'zod';
import {
  erlangBinary,
  evaluate,
  RabbitmqControlError,
  rabbitmqControl,
} from '../store-client/rabbitmq-control.ts';
import type { Undo } from './undo.ts';

const details = z.strictObject({
  control: rabbitmqControl,
  virtualHost: z.string().min(1),
  names: z.array(z.string().min(1)).min(1),
});

type Details = z.infer<typeof details>;

/** Takes policies off a broker. They lie on its disk: they come back with a node that was killed. */
export const removeRabbitmqPolicies: Undo<Details> = {
  details,
  about: ({ names, virtualHost }) => `remove the policies ${names.join(', ')} of RabbitMQ's ${virtualHost}`,
  revert: async (given, signal) => {
    if (await isRemoved(given)) return;
    await evaluate(given.control, removal(given), signal);
  },
  isGone: async (given, signal) => {
    const { control, virtualHost, names } = given;
    try {
      const left = await evaluate(
        control,
        `integer_to_list(length([Name || Name <- ${erlangList(names)}, ` +
          `rabbit_policy:lookup(${erlangBinary(virtualHost)}, Name) =/= not_found]))`,
        signal,
      );
      return left === '0';
    } catch (error) {
      if (error instanceof RabbitmqControlError && error.isAbsent && (await isRemoved(given))) return true;
      throw error;
    }
  },
};

/** A length that no queue has. */
const UNREACHED = 1_000_000_000;

/**
 * Not removed in one step: a quorum queue tells its publishers that it takes messages again when it finds itself under
 * its limit, but not when it finds that it has none, and they would go on refusing for it (3.10.8).
 */
function removal({ virtualHost, names }: Details): string {
  const host = erlangBinary(virtualHost);
  return (
    '[begin ' +
    'Of = fun(Key) -> proplists:get_value(Key, Policy) end, ' +
    `Wide = lists:keystore(<<"max-length">>, 1, Of(definition), {<<"max-length">>, ${UNREACHED}}), ` +
    `ok = rabbit_policy:set(${host}, Name, Of(pattern), Wide, Of(priority), Of('apply-to'), <<"stormcart">>), ` +
    `ok = rabbit_policy:delete(${host}, Name, <<"stormcart">>), "" ` +
    `end || Name <- ${erlangList(names)}, Policy <- [rabbit_policy:lookup(${host}, Name)], Policy =/= not_found]`
  );
}

/** The broker of a run has gone with everything that it had: the folder of its secret lies beside its data. */
async function isRemoved({ control }: Details): Promise<boolean> {
  return access(control.home).then(
    () => false,
    () => true,
  );
}

function erlangList(texts: readonly string[]): string {
  return `[${texts.map(erlangBinary).join(', ')}]`;
}
