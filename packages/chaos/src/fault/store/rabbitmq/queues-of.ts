import type { RabbitmqControl } from '@stormcart/core';
import { erlangBinary, evaluate } from '../../../store-client/rabbitmq-control.ts';

export interface BrokerQueue {
  readonly name: string;
  /** RabbitMQ's module for it: `rabbit_quorum_queue`. */
  readonly type: string;
  /** The queue's own argument; undefined where it has none. */
  readonly overflow: string | undefined;
}

/** The queues of a virtual host. */
export async function queuesOf(
  control: RabbitmqControl,
  virtualHost: string,
  signal: AbortSignal,
): Promise<readonly BrokerQueue[]> {
  const text = await evaluate(control, listQueues(virtualHost), signal);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', type = '', overflow = ''] = line.split(' ');
      return {
        name: Buffer.from(name, 'base64').toString('utf8'),
        type,
        overflow: overflow === '' ? undefined : overflow,
      };
    });
}

/** A line for each: the name in base64, the type, the overflow argument or nothing. */
function listQueues(virtualHost: string): string {
  return (
    '[[base64:encode(Name), " ", atom_to_list(amqqueue:get_type(Queue)), " ", ' +
    'case rabbit_misc:table_lookup(amqqueue:get_arguments(Queue), <<"x-overflow">>) of ' +
    '{_, Overflow} -> Overflow; _ -> "" end, "\\n"] || ' +
    `Queue <- rabbit_amqqueue:list(${erlangBinary(virtualHost)}), ` +
    '{resource, _, queue, Name} <- [amqqueue:get_name(Queue)]]'
  );
}
