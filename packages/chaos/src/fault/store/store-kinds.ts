import { killNode } from './kill-node.ts';
import { exhaustConnections } from './mariadb/exhaust-connections.ts';
import { isolateNode } from './mariadb/isolate-node.ts';
import { lockTable } from './mariadb/lock-table.ts';
import { readOnly } from './mariadb/read-only.ts';
import { slowQueries } from './mariadb/slow-queries.ts';
import { closeConnections } from './rabbitmq/close-connections.ts';
import { memoryAlarm } from './rabbitmq/memory-alarm.ts';
import { poisonMessage } from './rabbitmq/poison-message.ts';
import { queueFull } from './rabbitmq/queue-full.ts';
import { flush } from './redis/flush.ts';
import { killPrimary } from './redis/kill-primary.ts';
import { outOfMemory } from './redis/out-of-memory.ts';
import { pause } from './redis/pause.ts';
import type { StoreKind } from './store-kind.ts';

/** `action:` of a scenario's store fault. */
export const storeFaultKinds = {
  flush,
  pause,
  out_of_memory: outOfMemory,
  kill_primary: killPrimary,
  slow_queries: slowQueries,
  lock_table: lockTable,
  read_only: readOnly,
  exhaust_connections: exhaustConnections,
  isolate_node: isolateNode,
  memory_alarm: memoryAlarm,
  poison_message: poisonMessage,
  queue_full: queueFull,
  close_connections: closeConnections,
  kill_node: killNode,
} as const satisfies Readonly<Record<string, StoreKind>>;

export type StoreFaultName = keyof typeof storeFaultKinds;
