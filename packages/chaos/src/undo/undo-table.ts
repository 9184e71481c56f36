import { continueProcess } from './continue-process.ts';
import { endImplant } from './end-implant.ts';
import { endMariadbSessions } from './end-mariadb-sessions.ts';
import { endProcess } from './end-process.ts';
import { outlastRedisPause } from './outlast-redis-pause.ts';
import { rejoinGaleraNode } from './rejoin-galera-node.ts';
import { removeRabbitmqPolicies } from './remove-rabbitmq-policies.ts';
import { removeToxic } from './remove-toxic.ts';
import { restoreLimit } from './restore-limit.ts';
import { restoreMariadbVariable } from './restore-mariadb-variable.ts';
import { restoreRabbitmqWatermark } from './restore-rabbitmq-watermark.ts';
import { restoreRedisSettings } from './restore-redis-settings.ts';
import type { Undo } from './undo.ts';

/** Every way of undoing by the `kind` of its steps. */
export const undoTable = {
  'continue-process': continueProcess,
  'end-mariadb-sessions': endMariadbSessions,
  'outlast-redis-pause': outlastRedisPause,
  'rejoin-galera-node': rejoinGaleraNode,
  'remove-rabbitmq-policies': removeRabbitmqPolicies,
  'remove-toxic': removeToxic,
  'restore-mariadb-variable': restoreMariadbVariable,
  'restore-rabbitmq-watermark': restoreRabbitmqWatermark,
  'restore-redis-settings': restoreRedisSettings,
  'end-implant': endImplant,
  'end-process': endProcess,
  'restore-limit': restoreLimit,
} as const satisfies Readonly<Record<string, Undo<object>>>;
