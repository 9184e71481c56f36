import { randomBytes } from 'node:crypto';
import { matchNames, type RabbitmqControl, type RabbitmqStore } from '@stormcart/core';
import { ChaosError } from '../../../chaos-error.ts';
import { erlangBinary, evaluate } from '../../../store-client/rabbitmq-control.ts';
import { removeRabbitmqPolicies } from '../../../undo/remove-rabbitmq-policies.ts';
import type { StoreKind, StoreRequest } from '../store-kind.ts';
import type { StorePart } from '../store-part.ts';
import { countGrowth } from '../tally.ts';
import { controlOf } from './control-of.ts';
import { queuesOf } from './queues-of.ts';

/** Queues take nothing more, as when their consumers fall behind for good. */
export const queueFull: StoreKind<RabbitmqStore> = {
  about: 'Queues that hold messages refuse further ones (nack); what they hold stays, and can be consumed.',
  technologies: ['rabbitmq'],
  attributes: {
    queue: {
      kind: 'text',
      about: 'the queue, or several: * stands for any characters',
      example: 'cart',
      lengthMax: 255,
    },
    length: {
      kind: 'count',
      about: 'how many waiting messages a queue may hold; 0: a quorum queue takes one when it is empty',
      min: 0,
      max: 1_000_000,
      usual: 0,
    },
  },
  create: (stores, request) => stores.map((store) => queueFullPart(store, request)),
};

function queueFullPart(store: RabbitmqStore, { id, attributes }: StoreRequest): StorePart {
  const control = controlOf(store, 'queue_full');
  const { virtualHost } = store;
  let details: Parameters<typeof removeRabbitmqPolicies.revert>[0] | undefined;
  let changing: Promise<unknown> | undefined;
  let felt = 0;
  const tally = countGrowth(async (signal) => Number(await evaluate(control, REFUSED, signal)));
  return {
    apply: async ({ signal, journal }) => {
      const queues = await queuesToFill(store, control, String(attributes['queue']), signal);
      // A name of this life of this fault: removing it can meet nobody else's policy.
      const mark = randomBytes(6).toString('hex');
      const policies = queues.map((queue, index) => ({ queue, name: `stormcart-${id}-${mark}-${index}` }));
      details = { control, virtualHost, names: policies.map(({ name }) => name) };
      await journal({ kind: 'remove-rabbitmq-policies', ...details });
      await tally.begin(signal);
      const length = Number(attributes['length']);
      signal.throwIfAborted();
      changing = evaluate(
        control,
        limitQueues(virtualHost, policies, length),
        AbortSignal.timeout(CHANGE_MS_MAX),
      );
      await changing;
    },
    revert: async (signal) => {
      if (details === undefined) return;
      // What the broker is about to do it would do after the revert.
      await changing?.catch(() => undefined);
      felt = Math.max(felt, await tally.end(signal));
      await removeRabbitmqPolicies.revert(details, signal);
    },
    isGone: async (signal) => details === undefined || removeRabbitmqPolicies.isGone(details, signal),
    hits: () => felt,
  };
}

/** Setting some ten policies takes 50 ms. */
const CHANGE_MS_MAX = 8_000;

/** Above whatever the system's own policies have: RabbitMQ applies the one with the highest priority, and no other. */
const PRIORITY = 1_000_000;

/**
 * How many messages were taken in with the promise of a confirm and have not got one, on all nodes: beside the few that
 * are under way these are the refused ones.
 */
const REFUSED =
  'integer_to_list(lists:sum([maps:get(messages_received_confirm_total, Counts, 0) - ' +
  'maps:get(messages_confirmed_total, Counts, 0) || ' +
  'Node <- [node() | nodes()], ' +
  '{_, Counts} <- maps:to_list(rpc:call(Node, rabbit_global_counters, overview, []))]))';

/**
 * One policy a queue. It holds what the queue's policy says so far, too: a queue has one policy at a time, and must not
 * lose the way of its dead letters for the while.
 */
function limitQueues(
  virtualHost: string,
  policies: readonly { readonly queue: string; readonly name: string }[],
  length: number,
): string {
  const host = erlangBinary(virtualHost);
  const triples = policies.map(({ queue, name }) => {
    const pattern = `^${queue.replaceAll(/[^A-Za-z0-9_]/g, String.raw`\$&`)}$`;
    return `{${erlangBinary(queue)}, ${erlangBinary(name)}, ${erlangBinary(pattern)}}`;
  });
  return (
    '[begin ' +
    `{ok, Queue} = rabbit_amqqueue:lookup(rabbit_misc:r(${host}, queue, Name)), ` +
    'Before = case amqqueue:get_policy(Queue) of undefined -> []; ' +
    'Old -> case proplists:get_value(definition, Old) of ' +
    'Map when is_map(Map) -> maps:to_list(Map); List -> List end end, ' +
    `Limit = [{<<"max-length">>, ${length}}, {<<"overflow">>, <<"reject-publish">>}], ` +
    'Both = Limit ++ [Pair || {Key, _} = Pair <- Before, not lists:keymember(Key, 1, Limit)], ' +
    `ok = rabbit_policy:set(${host}, Policy, Pattern, Both, ${PRIORITY}, <<"queues">>, <<"stormcart">>), "" ` +
    `end || {Name, Policy, Pattern} <- [${triples.join(', ')}]]`
  );
}

/** Each has a policy made for it, in one call. */
const QUEUES_MAX = 100;

/** The names of the queues that a pattern stands for. Rejects for those that could not be filled without a loss. */
async function queuesToFill(
  { name, virtualHost }: RabbitmqStore,
  control: RabbitmqControl,
  pattern: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const queues = await queuesOf(control, virtualHost, signal);
  const names = queues.map((queue) => queue.name);
  const found = matchNames(pattern, names);
  if (found.length === 0 || found.length > QUEUES_MAX) {
    const what = found.length === 0 ? 'no queue' : `${found.length} queues, more than ${QUEUES_MAX},`;
    throw unfit(`${name} has ${what} that \`${pattern}\` stands for; it has ${names.join(', ')}`, names);
  }
  for (const queue of queues.filter((each) => found.includes(each.name))) {
    if (queue.type !== 'rabbit_classic_queue' && queue.type !== 'rabbit_quorum_queue') {
      throw unfit(`${queue.name} is a ${queue.type}, which refuses nothing`, found);
    }
    // The queue's own argument wins over a policy's, and would have it drop messages.
    if (queue.overflow !== undefined && queue.overflow !== 'reject-publish') {
      throw unfit(
        `${queue.name} has the overflow ${queue.overflow}: a limit would make it drop messages`,
        found,
      );
    }
  }
  return found;
}

function unfit(message: string, accepted: readonly string[]): ChaosError {
  return new ChaosError({ kind: 'usage', code: 'BAD_FAULT', message, details: { accepted } });
}
