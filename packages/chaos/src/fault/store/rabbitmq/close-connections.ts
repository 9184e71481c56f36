import type { RabbitmqStore } from '@stormcart/core';
import { erlangBinary, evaluate } from '../../../store-client/rabbitmq-control.ts';
import { everyAttribute } from '../every-attribute.ts';
import { type Repetition, repeat } from '../repeat.ts';
import type { StoreKind } from '../store-kind.ts';
import type { StorePart } from '../store-part.ts';
import { controlOf } from './control-of.ts';

/** The broker throws its clients out, as when an operator restarts a listener or a load balancer in front of it. */
export const closeConnections: StoreKind<RabbitmqStore> = {
  about:
    'The broker closes every connection to its virtual host (320 CONNECTION_FORCED); clients may come back.',
  technologies: ['rabbitmq'],
  attributes: { every: everyAttribute },
  create: (stores, { attributes }) => stores.map((store) => closePart(store, Number(attributes['every']))),
};

function closePart(store: RabbitmqStore, everyMs: number): StorePart {
  const control = controlOf(store, 'close_connections');
  let closed = 0;
  let repetition: Repetition | undefined;
  const closeAll = async (signal: AbortSignal): Promise<void> => {
    closed += Number(await evaluate(control, closeConnectionsTo(store.virtualHost), signal));
  };
  return {
    apply: async ({ signal }) => {
      await closeAll(signal);
      if (everyMs > 0) repetition = repeat(everyMs, closeAll);
    },
    revert: async () => {
      await repetition?.stop();
    },
    isGone: async () => true,
    hits: () => closed,
  };
}

/** Yields how many were closed; one that leaves by itself in that moment is none of them. */
function closeConnectionsTo(virtualHost: string): string {
  return (
    'integer_to_list(length([ok || Pid <- rabbit_networking:connections(), ' +
    `(catch rabbit_networking:connection_info(Pid, [vhost])) =:= [{vhost, ${erlangBinary(virtualHost)}}], ` +
    '(catch rabbit_networking:close_connection(Pid, "closed by a drill")) =:= ok]))'
  );
}
