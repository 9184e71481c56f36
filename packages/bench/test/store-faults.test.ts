import { createFault, type FaultTargets, openStorePulse, settleJournal } from '@stormcart/chaos';
import { systemClock } from '@stormcart/core';
import type { Redis } from 'ioredis';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type StoreWatch, watchStores } from './ends/broken-stores.ts';
import { lastingStoreFaults } from './ends/lasting-store-faults.ts';
import { beginStoreController, leftAfter, type StoreController } from './ends/store-ends.ts';
import { type BootedShop, bootShop } from './fixture/booted-shop.ts';
import { errnoOf, isPending, openRedis, openSql } from './fixture/store-clients.ts';
import { during, specOf } from './store-faults/during.ts';
import { rabbitmqCases } from './store-faults/rabbitmq-cases.ts';

/** An account like the shop's own: rows of its tables, and no rights over the server. */
const VISITOR = { user: 'visitor', password: 'only-for-this-test' };

/** Far more than the limit of a watchdog: here only whether it ends. The soak holds it to the limit. */
const PATIENCE_MS = 30_000;

let booted: BootedShop;
let targets: FaultTargets;
let redis: Redis;
let root: Connection;
let visitor: Connection;

beforeAll(async () => {
  booted = await bootShop();
  const { running } = booted;
  targets = {
    proxies: new Map(),
    faultProxy: undefined,
    processes: new Map(running.processes.map((process) => [process.name, process])),
    stores: new Map(running.stores.map((store) => [store.name, store])),
  };
  redis = openRedis(booted.redis);
  root = await openSql(booted.mariadb);
  await root.query('CREATE TABLE visits (id INT PRIMARY KEY, seen INT NOT NULL)');
  await root.query('CREATE TABLE quiet (id INT PRIMARY KEY)');
  await root.query('INSERT INTO visits VALUES (1, 0)');
  await root.query(`CREATE USER ?@'127.0.0.1' IDENTIFIED BY ?`, [VISITOR.user, VISITOR.password]);
  await root.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON shop.* TO ?@'127.0.0.1'`, [VISITOR.user]);
  visitor = await openSql(booted.mariadb, VISITOR);
});

afterAll(async () => {
  redis.disconnect();
  root.destroy();
  visitor.destroy();
  expect(await booted.close()).toEqual([]);
});

it.each(['mariadb', 'redis', 'rabbitmq'])(
  'feels whether %s answers, stands still, and answers again',
  async (name) => {
    const store = booted.running.stores.find((each) => each.name === name);
    const supervised = targets.processes.get(name);
    if (store === undefined || supervised === undefined) throw new Error(`the shop has no ${name}`);
    const pulse = openStorePulse(store);
    const beat = (ms: number): Promise<number> => pulse.beat(AbortSignal.timeout(ms));
    try {
      expect(await beat(10_000)).toBeGreaterThan(0);
      expect(await beat(10_000)).toBeGreaterThan(0);
      const fault = createFault(
        { id: 'still', family: 'process', kind: 'pause', targets: [name], attributes: {} },
        targets,
      );
      await during(fault, async () => {
        await expect(beat(400)).rejects.toThrow();
      });
      await expect.poll(() => beat(5_000).catch(() => 0), { timeout: 20_000 }).toBeGreaterThan(0);
    } finally {
      await pulse.close();
    }
  },
);

const update = () => visitor.query('UPDATE visits SET seen = seen + 1 WHERE id = 1');
const read = (connection: Connection = visitor) => connection.query('SELECT seen FROM visits WHERE id = 1');

async function variable(name: string): Promise<unknown> {
  const [rows] = await root.query<RowDataPacket[]>('SHOW GLOBAL VARIABLES WHERE Variable_name = ?', [name]);
  return rows[0]?.['Value'];
}

describe('Redis', () => {
  it('forgets everything, and the keys that went are counted', async () => {
    await redis.mset({ 'visit:1': 'a', 'visit:2': 'b', 'visit:3': 'c' });
    const record = await during(createFault(specOf('redis', 'flush'), targets), async () => {
      expect(await redis.mget('visit:1', 'visit:2', 'visit:3')).toEqual([null, null, null]);
    });
    expect(record.hits).toBeGreaterThanOrEqual(3);
  });

  it('forgets everything again and again', async () => {
    const fault = createFault(specOf('redis', 'flush', { every: 50 }), targets);
    await during(fault, async () => {
      for (let round = 0; round < 2; round += 1) {
        await redis.set('visit:4', 'd');
        await expect.poll(() => redis.get('visit:4'), { timeout: 10_000 }).toBeNull();
      }
    });
    // Several times as long as between two rounds.
    await redis.set('visit:4', 'd');
    await systemClock.sleep(300);
    expect(await redis.get('visit:4')).toBe('d');
  });

  it('answers nobody while it is paused, and everybody afterwards', async () => {
    await redis.set('visit:5', 'e');
    let waiting: Promise<string | null> = Promise.resolve(null);
    // Longer than a pause goes on by itself: it is prolonged.
    const record = await during(createFault(specOf('redis', 'pause'), targets), async () => {
      waiting = redis.get('visit:5');
      expect(await isPending(waiting, 3_000)).toBe(true);
    });
    expect(record.hits).toBeGreaterThanOrEqual(1);
    expect(await waiting).toBe('e');
  });

  it('refuses writes when it is out of memory, answers reads, and has its own limit back', async () => {
    const settings = async () => [
      await redis.config('GET', 'maxmemory'),
      await redis.config('GET', 'maxmemory-policy'),
    ];
    const before = await settings();
    await redis.set('visit:6', 'f');
    const record = await during(createFault(specOf('redis', 'out_of_memory'), targets), async () => {
      await expect(redis.set('visit:7', 'g')).rejects.toThrow(/OOM/);
      expect(await redis.get('visit:6')).toBe('f');
    });
    expect(record.hits).toBeGreaterThanOrEqual(1);
    expect(await redis.set('visit:7', 'g')).toBe('OK');
    expect(await settings()).toEqual(before);
  });
});

describe('MariaDB', () => {
  it('is slow: statements wait for the rest of a burst, others do not', async () => {
    const delayMs = 300;
    const fault = createFault(
      specOf('mariadb', 'slow_queries', { delay: delayMs, share: 0.5, table: 'visits' }),
      targets,
    );
    const tookMs: number[] = [];
    const record = await during(fault, async () => {
      for (let count = 0; count < 24; count += 1) {
        const startedMs = systemClock.now();
        await read();
        tookMs.push(systemClock.now() - startedMs);
        // Out of step with the bursts.
        await systemClock.sleep(70);
      }
    });
    // Nobody waits for half of a burst by chance.
    const slow = tookMs.filter((ms) => ms > delayMs / 4).length;
    expect(slow).toBeGreaterThan(2);
    expect(slow).toBeLessThan(24);
    expect(record.hits).toBeGreaterThanOrEqual(slow);
  });

  it('has a table that nobody can read while it is locked, and others that go on', async () => {
    let waiting: Promise<unknown> = Promise.resolve();
    const fault = createFault(specOf('mariadb', 'lock_table', { table: 'visits' }), targets);
    const record = await during(fault, async () => {
      waiting = read();
      expect(await isPending(waiting, 700)).toBe(true);
      await root.query('SELECT * FROM quiet');
    });
    expect(record.hits).toBe(1);
    await waiting;
  });

  it('lets everybody read a table that is locked for changes only', async () => {
    let waiting: Promise<unknown> = Promise.resolve();
    const fault = createFault(specOf('mariadb', 'lock_table', { table: 'visits', lock: 'read' }), targets);
    await during(fault, async () => {
      await read(root);
      waiting = update();
      expect(await isPending(waiting, 300)).toBe(true);
    });
    await waiting;
  });

  it('refuses changes when it is read-only, and each refusal is counted', async () => {
    const record = await during(createFault(specOf('mariadb', 'read_only'), targets), async () => {
      for (let count = 0; count < 5; count += 1) expect(await errnoOf(update())).toBe(1290);
      expect(await errnoOf(visitor.execute('INSERT INTO visits VALUES (?, 0)', [2]))).toBe(1290);
      await read();
    });
    expect(record.hits).toBeGreaterThanOrEqual(6);
    await update();
    expect(await variable('read_only')).toBe('OFF');
  });

  it('has no connection left, but lets those be that are open', async () => {
    const fault = createFault(specOf('mariadb', 'exhaust_connections', { leave: 2 }), targets);
    const record = await during(fault, async () => {
      const last = [await openSql(booted.mariadb, VISITOR), await openSql(booted.mariadb, VISITOR)];
      expect(await errnoOf(openSql(booted.mariadb, VISITOR))).toBe(1040);
      await read();
      for (const connection of last) connection.destroy();
    });
    expect(record.hits).toBeGreaterThanOrEqual(1);
    (await openSql(booted.mariadb, VISITOR)).destroy();
  });

  it('dies, and is back', async () => {
    const record = await during(createFault(specOf('mariadb', 'kill_node'), targets), async () => {
      await expect(read()).rejects.toThrow();
    });
    expect(record.hits).toBe(1);
    [root, visitor] = [await openSql(booted.mariadb), await openSql(booted.mariadb, VISITOR)];
    await read();
  });
});

rabbitmqCases(() => ({ booted, targets }));

describe('a controller that breaks all of them and does not live to mend them', () => {
  let watch: StoreWatch;
  let controller: StoreController;

  beforeAll(async () => {
    // Its own sessions of the administrator are none that a fault has left.
    watch = await watchStores(booted);
  });
  afterAll(() => watch.close());
  afterEach(() => controller.kill());

  it('leaves nothing when it is killed: its watchdog mends them', async () => {
    controller = await beginStoreController(booted, lastingStoreFaults);
    await controller.allApplied();
    expect((await watch.broken()).length).toBeGreaterThanOrEqual(3);
    controller.child.kill('SIGKILL');
    expect(await leftAfter(PATIENCE_MS, controller, watch)).toEqual([]);
  });

  it('leaves its journal when its watchdog is killed as well, and the steps alone mend them', async () => {
    controller = await beginStoreController(booted, lastingStoreFaults);
    await controller.allApplied();
    const watchdogs = await controller.watchdogs();
    // Stopped first: killed first it would be replaced, killed last it would have begun.
    for (const pid of watchdogs) process.kill(pid, 'SIGSTOP');
    controller.child.kill('SIGKILL');
    for (const pid of watchdogs) process.kill(pid, 'SIGKILL');
    // What is tied to its connections went with them, and a pause that nobody prolongs ends by itself.
    await expect.poll(() => watch.broken(), { timeout: PATIENCE_MS }).toHaveLength(4);
    const settled = await settleJournal(controller.journalFile);
    expect(settled?.problems).toEqual([]);
    expect(settled?.undone).toHaveLength(4);
    expect(settled?.undone.join(' ')).not.toContain(booted.mariadb.administrator.password);
    expect(await leftAfter(PATIENCE_MS, controller, watch)).toEqual([]);
  });

  it('has them mended when it stands still, its own sessions ended', async () => {
    controller = await beginStoreController(booted, lastingStoreFaults, 1_000);
    await controller.allApplied();
    controller.child.kill('SIGSTOP');
    await expect.poll(() => watch.broken(), { timeout: PATIENCE_MS }).toEqual([]);
  });
});
