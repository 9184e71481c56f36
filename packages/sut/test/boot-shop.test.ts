import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BootContext, Link, RunningSystem } from '@stormcart/core';
import { acceptsConnections } from '@stormcart/core';
import { afterAll, describe, expect, it } from 'vitest';
import { shop } from '../src/index.ts';
import { askFront } from './front/front-client.ts';
import { openStoreStage } from './store-stage.ts';

const config = { topology: 'single', services: {}, policies: {} } as const;

interface Watched {
  readonly context: BootContext;
  readonly links: Link[];
  readonly steps: string[];
  close(): Promise<readonly string[]>;
}

// One for all: the first boot makes the database's template, the others copy it.
const cacheFolder = await mkdtemp(join(tmpdir(), 'stormcart-boot-cache-'));
afterAll(() => rm(cacheFolder, { recursive: true, force: true }));

async function openBootStage(signal?: AbortSignal): Promise<Watched> {
  const stage = await openStoreStage(cacheFolder);
  const links: Link[] = [];
  const steps: string[] = [];
  return {
    links,
    steps,
    close: () => stage.close(),
    context: {
      ...stage.context,
      ...(signal === undefined ? {} : { signal }),
      seed: 1,
      interpose: async (link, upstream) => {
        links.push(link);
        return upstream;
      },
      progress: (step) => steps.push(step),
    },
  };
}

async function ask(
  running: RunningSystem,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const answer = await askFront(running, method, path, {
    headers: { 'content-type': 'application/json', ...headers },
    ...(text === undefined ? {} : { body: text }),
  });
  return { status: answer.status, body: JSON.parse(answer.text) as Record<string, unknown> };
}

describe('the booted shop', () => {
  it('sells, survives the loss of a service and of a store, and leaves nothing behind', async () => {
    const stage = await openBootStage();
    try {
      const running = await shop.boot(config, stage.context);
      const description = shop.describe(config);
      expect(stage.links.map((link) => link.name).toSorted()).toEqual(
        description.links.map((link) => link.name).toSorted(),
      );
      expect(running.processes.map((one) => one.name)).toEqual(description.processes);
      expect(running.processes.map((one) => one.state())).toEqual(description.processes.map(() => 'ready'));
      expect(stage.steps).toContain('rabbitmq ready');

      expect(await ask(running, 'GET', '/api/product?id=17')).toMatchObject({
        status: 200,
        body: { id: 17 },
      });
      const login = { email: 'customer-1@example.test', password: 'correct horse battery staple' };
      const session = await ask(running, 'POST', '/api/auth/login', login);
      expect(session.status).toBe(200);
      const headers = { authorization: `Bearer ${String(session.body['token'])}` };
      const cart = { quantity: 2, seq: 1, opId: randomUUID() };
      expect((await ask(running, 'PUT', '/api/cart/items/17', cart, headers)).status).toBe(202);
      const order = await ask(
        running,
        'POST',
        '/api/orders',
        { items: [{ sku: 17, quantity: 1 }] },
        { ...headers, 'idempotency-key': randomUUID() },
      );
      expect(order.status).toBe(201);
      const orderPath = `/api/orders/${String(order.body['orderId'])}`;
      const payment = { cardToken: 'tok_ok' };
      expect((await ask(running, 'POST', `${orderPath}/payments`, payment, headers)).status).toBe(202);
      expect(await running.drain(AbortSignal.timeout(30_000))).toEqual({ isDrained: true, remaining: [] });
      expect((await ask(running, 'GET', orderPath, undefined, headers)).body['status']).toBe('PAID');

      const seen = await running.observe(AbortSignal.timeout(5_000));
      // Just these: a breaker that the description lacks could be named by no gate.
      expect(new Set(seen.breakers.map(({ name }) => name))).toEqual(new Set(description.breakers));
      const guarding = seen.breakers.filter(({ name }) => name === 'catalog.redis');
      expect(guarding.map(({ process }) => process)).toEqual(['catalog/1', 'catalog/2']);

      for (const name of ['orders/1', 'mariadb']) {
        const victim = running.processes.find((one) => one.name === name);
        const pid = victim?.pid() ?? 0;
        process.kill(pid, 'SIGKILL');
        await expect.poll(() => victim?.pid()).not.toBe(pid);
        await victim?.whenReady(AbortSignal.timeout(30_000));
      }
      await expect
        .poll(async () => (await ask(running, 'GET', orderPath, undefined, headers)).body['status'], {
          timeout: 20_000,
        })
        .toBe('PAID');
      expect(await running.snapshot(AbortSignal.timeout(10_000))).toMatchObject({
        orders: [{ status: 'PAID' }],
        captures: [{ orderId: order.body['orderId'] }],
      });

      const entry = new URL(running.entryUrl);
      await running.close();
      await stage.context.supervisor.close();
      expect(await acceptsConnections(entry.hostname, Number(entry.port))).toBe(false);
    } finally {
      expect(await stage.close()).toEqual([]);
    }
  });

  it('gives up at once when aborted, wherever it is, and leaves nothing behind', async () => {
    const cases: readonly ((step: string, steps: readonly string[]) => boolean)[] = [
      (step) => step === 'redis ready',
      (step) => step === 'mariadb ready',
      (_, steps) => steps.some((done) => done.startsWith('orders')),
    ];
    for (const isMoment of cases) {
      const interruption = new AbortController();
      const stage = await openBootStage(interruption.signal);
      const context: BootContext = {
        ...stage.context,
        progress: (step) => {
          stage.steps.push(step);
          if (isMoment(step, stage.steps)) interruption.abort(new Error('enough'));
        },
      };
      try {
        await expect(shop.boot(config, context)).rejects.toThrow('enough');
      } finally {
        expect(await stage.close()).toEqual([]);
      }
    }
  });

  it('says why when a part cannot start, and stops the others', async () => {
    const stage = await openBootStage();
    try {
      // Something is in the way of Redis: its data folder is not empty and not its own.
      await mkdir(`${stage.context.dataFolder}/redis/appendonlydir/appendonly.aof.1.incr.aof`, {
        recursive: true,
      });
      await mkdir(`${stage.context.dataFolder}/redis/appendonlydir/appendonly.aof.manifest`, {
        recursive: true,
      });
      await expect(shop.boot(config, stage.context)).rejects.toMatchObject({
        kind: 'environment',
        code: 'CHILD_NOT_READY',
        message: expect.stringContaining('redis'),
        hint: expect.stringContaining('redis.log'),
      });
      expect(await readdir(stage.context.dataFolder)).toContain('redis');
    } finally {
      expect(await stage.close()).toEqual([]);
    }
  });
});
