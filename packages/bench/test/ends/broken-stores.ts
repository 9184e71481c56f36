import { spawnSync } from 'node:child_process';
import type { RabbitmqStore } from '@stormcart/core';
import type { Redis } from 'ioredis';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { BootedShop } from '../fixture/booted-shop.ts';
import { isPending, openRedis, openSql } from '../fixture/store-clients.ts';

/** Looks at stores from outside: what of them is not as it was. */
export interface StoreWatch {
  broken(): Promise<readonly string[]>;
  close(): void;
}

/** A server that is not paused answers within a millisecond. */
const ANSWER_MS_MAX = 400;

/** Opened while they are as they should be. */
export async function watchStores({ mariadb, redis, rabbitmq }: BootedShop): Promise<StoreWatch> {
  const cache = openRedis(redis);
  const root = await openSql(mariadb);
  const look = async (): Promise<readonly string[]> => [
    ...(await lookAtRedis(cache)),
    ...(await lookAtMariadb(root)),
    ...lookAtRabbitmq(rabbitmq),
  ];
  const before = await look();
  return {
    broken: async () => (await look()).filter((line) => !before.includes(line)),
    close: () => {
      cache.disconnect();
      root.destroy();
    },
  };
}

async function lookAtRedis(redis: Redis): Promise<readonly string[]> {
  if (await isPending(redis.ping(), ANSWER_MS_MAX)) return ['redis does not answer'];
  const settings = await Promise.all(
    ['maxmemory', 'maxmemory-policy'].map((name) => redis.config('GET', name)),
  );
  return settings.map((setting) => `redis ${String(setting)}`);
}

async function lookAtMariadb(root: Connection): Promise<readonly string[]> {
  const [variables] = await root.query<RowDataPacket[]>("SHOW GLOBAL VARIABLES LIKE 'read_only'");
  const [sessions] = await root.query<RowDataPacket[]>(
    `SELECT ID FROM information_schema.PROCESSLIST WHERE USER = 'root' AND ID <> CONNECTION_ID()`,
  );
  return [`mariadb read_only ${variables[0]?.['Value']}`, `mariadb has ${sessions.length} more sessions`];
}

/** Two calls under one name in a row are too quick for the broker. */
let looks = 0;
function nextName(): string {
  looks = (looks + 1) % 16;
  return `look_${process.pid}_${looks}`;
}

function lookAtRabbitmq({ control, virtualHost }: RabbitmqStore): readonly string[] {
  if (control === undefined) throw new Error('there is no way into the broker');
  const { stdout } = spawnSync(
    control.program,
    ['-address', `${control.address.host}:${control.address.port}`, '-h', nextName(), '-e'],
    {
      input: `{vm_memory_monitor:get_vm_memory_high_watermark(), rabbit_alarm:get_alarms(), length(rabbit_policy:list(<<"${virtualHost}">>))}.\n`,
      env: { HOME: control.home },
      encoding: 'utf8',
    },
  );
  return [`rabbitmq ${stdout.trim()}`];
}
