import type { FaultSpec } from '@stormcart/chaos';

function lasting(store: string, kind: string, attributes: FaultSpec['attributes'] = {}): FaultSpec {
  return { id: kind.replaceAll('_', '-'), family: 'store', kind, targets: [store], attributes };
}

/**
 * Every kind of store fault that lasts, so that a death can leave it behind, in an order in which all can be on at once.
 * What happens in a moment leaves nothing to undo; isolating a node takes a cluster.
 */
export const lastingStoreFaults: readonly FaultSpec[] = [
  lasting('redis', 'out_of_memory'),
  lasting('redis', 'pause'),
  lasting('mariadb', 'read_only'),
  lasting('mariadb', 'slow_queries', { delay: 100, table: 'product' }),
  lasting('mariadb', 'lock_table', { table: 'outbox' }),
  lasting('mariadb', 'exhaust_connections'),
  lasting('rabbitmq', 'memory_alarm'),
  lasting('rabbitmq', 'queue_full', { queue: 'cart*' }),
];
