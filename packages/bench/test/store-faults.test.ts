import {
  createFault,
  createFaultSession,
  type Fault,
  type FaultRecord,
  type FaultSpec,
  type FaultTargets,
  openStorePulse,
  settleJournal,
} from '@stormcart/chaos';
import { type Operation, systemClock } from '@stormcart/core';
import { shop } from '@stormcart/sut';
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import type { Redis } from 'ioredis';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type StoreWatch, watchStores } from './ends/broken-stores.ts';
import { lastingStoreFaults } from './ends/lasting-store-faults.ts';
import { beginStoreController, leftAfter, type StoreController } from './ends/store-ends.ts';
import { type BootedShop, bootShop } from './fixture/booted-shop.ts';
import { errnoOf, isPending, openAmqp, openRedis, openSql } from './fixture/store-clients.ts';

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

function specOf(store: string, kind: string, attributes: FaultSpec['attributes'] = {}): FaultSpec {
  return { id: kind.replaceAll('_', '-'), family: 'store', kind, targets: [store], attributes };
}

/** Has the fault on while something is tried; returns its record once it is gone. */
async function during(fault: Fault, attempt: () => Promise<void>): Promise<FaultRecord> {
  const session = createFaultSession({ clock: systemClock });
  const over = session.inject(fault, 60_000);
  await expect.poll(() => session.events.length, { timeout: 10_000 }).toBeGreaterThan(0);
  expect(session.events.map(({ kind, problem }) => problem ?? kind)).toEqual(['applied']);
  try {
    await attempt();
  } finally {
    await session.rollback();
  }
  const record = await over;
  expect(record.problem).toBeUndefined();
  expect(record.isVerified).toBe(true);
  return record;
}

const update = () => visitor.query('UPDATE visits SET seen = seen + 1 WHERE id = 1');
const read = (connection: Connection = visitor) => connection.query('SELECT seen FROM visits WHERE id = 1');

function publish(channel: ConfirmChannel, queue: string): Promise<'ack' | 'nack'> {
  return new Promise((resolve) => {
    channel.sendToQueue(queue, Buffer.from('{}'), {}, (error: unknown) =>
      resolve(error === null ? 'ack' : 'nack'),
    );
  });
}

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

describe('RabbitMQ', () => {
  async function openChannel(
    queue: string,
  ): Promise<{ readonly model: ChannelModel; readonly channel: ConfirmChannel }> {
    const model = await openAmqp(booted.rabbitmq);
    const channel = await model.createConfirmChannel();
    channel.on('error', () => undefined);
    await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    return { model, channel };
  }

  it('blocks publishers and holds their confirms back while its memory alarm is on', async () => {
    const { model, channel } = await openChannel('alarm');
    const blocked: string[] = [];
    model.on('blocked', (reason: string) => blocked.push(reason));
    let waiting: Promise<unknown> = Promise.resolve();
    const record = await during(createFault(specOf('rabbitmq', 'memory_alarm'), targets), async () => {
      waiting = publish(channel, 'alarm');
      expect(await isPending(waiting, 1_000)).toBe(true);
    });
    expect(blocked).toEqual(['low on memory']);
    expect(record.hits).toBeGreaterThanOrEqual(1);
    expect(await waiting).toBe('ack');
    await model.close();
  });

  it('has a full queue that refuses messages, and takes them again', async () => {
    const { model, channel } = await openChannel('full');
    const fault = createFault(specOf('rabbitmq', 'queue_full', { queue: 'full' }), targets);
    const answers: string[] = [];
    const record = await during(fault, async () => {
      for (let count = 0; count < 5; count += 1) answers.push(await publish(channel, 'full'));
    });
    // A quorum queue takes one when it is empty.
    expect(answers).toEqual(['ack', 'nack', 'nack', 'nack', 'nack']);
    expect(record.hits).toBeGreaterThanOrEqual(4);
    expect(await publish(channel, 'full')).toBe('ack');
    expect((await channel.checkQueue('full')).messageCount).toBe(2);
    await model.close();
  });

  it('throws its clients out again and again', async () => {
    const fault = createFault(specOf('rabbitmq', 'close_connections', { every: 100 }), targets);
    const reasons: string[] = [];
    const record = await during(fault, async () => {
      for (let round = 0; round < 2; round += 1) {
        const model = await openAmqp(booted.rabbitmq);
        await new Promise<void>((resolve) => {
          model.on('close', (error?: Error) => {
            reasons.push(error?.message ?? '');
            resolve();
          });
        });
      }
    });
    expect(reasons).toEqual([expect.stringMatching(/320/), expect.stringMatching(/320/)]);
    expect(record.hits).toBeGreaterThanOrEqual(2);
    const model = await openAmqp(booted.rabbitmq);
    await model.close();
  });

  it('carries messages that nobody can read to the dead letters, and the audit knows them', async () => {
    const { model, channel } = await openChannel('probe');
    const fault = createFault(specOf('rabbitmq', 'poison_message', { queue: 'cart', count: 3 }), targets);
    const record = await during(fault, async () => {
      await expect
        .poll(async () => (await channel.checkQueue('cart.dead')).messageCount, { timeout: 20_000 })
        .toBe(3);
    });
    expect(record.hits).toBe(3);
    await model.close();
    const operations = (fault.operations?.() ?? []).map(
      ({ begunMs, endedMs, ...operation }, index): Operation => ({
        ...operation,
        index: index + 1,
        journey: 'fault',
        customer: fault.id,
        sentMs: begunMs,
        endedMs,
      }),
    );
    const snapshot = await booted.running.snapshot(AbortSignal.timeout(30_000));
    const invariant = shop.invariants.find(({ name }) => name === 'dead-letters');
    expect(invariant?.check(operations, snapshot)).toMatchObject({ answer: 'holds', checkedCount: 6 });
    expect(invariant?.check(operations.slice(1), snapshot)).toMatchObject({ answer: 'violated' });
  });

  it('dies, and is back', async () => {
    const model = await openAmqp(booted.rabbitmq);
    const closed = new Promise<void>((resolve) => {
      model.once('close', () => resolve());
    });
    const record = await during(createFault(specOf('rabbitmq', 'kill_node'), targets), () => closed);
    expect(record.hits).toBe(1);
    await (await openAmqp(booted.rabbitmq)).close();
  });
});

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
