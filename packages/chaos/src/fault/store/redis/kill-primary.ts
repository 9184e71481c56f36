import type { RedisStore } from '@stormcart/core';
import { ChaosError } from '../../../chaos-error.ts';
import { redisServerOf, withRedis } from '../../../store-client/redis-client.ts';
import { killStore, processOf } from '../kill-store.ts';
import type { StoreKind } from '../store-kind.ts';

/** The node that takes the writes dies. Which one that is, is found out when the time has come. */
export const killPrimary: StoreKind<RedisStore> = {
  about: 'SIGKILL to the primary of a replicated Redis, whichever of its nodes that is by then.',
  technologies: ['redis'],
  needsCluster: 'nobody could take over. To kill it all the same, use `process` with the action `kill`',
  attributes: {},
  create: (stores, request) => {
    const clusters = [...new Set(stores.map(({ cluster }) => cluster))];
    return clusters.map((cluster) => {
      const nodes = [...request.stores.values()].filter((store) => store.cluster === cluster).filter(isRedis);
      for (const node of nodes) processOf(node, 'kill_primary', request.processes);
      return killStore((signal) => primaryAmong(nodes, signal), 'kill_primary', request);
    });
  },
};

function isRedis(store: { readonly technology: string }): store is RedisStore {
  return store.technology === 'redis';
}

/** Of two that take themselves for the primary, the one that others follow. */
async function primaryAmong(nodes: readonly RedisStore[], signal: AbortSignal): Promise<RedisStore> {
  const roles = await Promise.all(nodes.map((node) => replicasOf(node, signal).catch(() => undefined)));
  signal.throwIfAborted();
  const most = Math.max(...roles.map((count) => count ?? -1));
  const primary = most < 0 ? undefined : nodes[roles.indexOf(most)];
  if (primary !== undefined) return primary;
  throw new ChaosError({
    kind: 'environment',
    code: 'STORE_REFUSED',
    message: `none of ${nodes.map(({ name }) => name).join(', ')} says that it is the primary`,
  });
}

/** Undefined for one that is no primary. */
function replicasOf(node: RedisStore, signal: AbortSignal): Promise<number | undefined> {
  return withRedis(redisServerOf(node), signal, async (redis) => {
    const [role, , replicas] = (await redis.role()) as readonly unknown[];
    return role === 'master' && Array.isArray(replicas) ? replicas.length : undefined;
  });
}
