import type { LineFormat } from '../log-entry.ts';
import { jsonLine } from './json-line.ts';
import { mariadbLine } from './mariadb.ts';
import { rabbitmqLine } from './rabbitmq.ts';
import { redisLine } from './redis.ts';

/** Every format, the most frequent first. A line of none of them belongs to the line before it. */
export const lineFormats: readonly LineFormat[] = [jsonLine, rabbitmqLine, mariadbLine, redisLine];
