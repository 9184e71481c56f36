import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { leasePort, systemClock } from '@stormcart/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ask, eventually, order } from '../shop-client.ts';
import { openRelay } from '../shop-relay.ts';
import { type ShopStage, type TestService, textOf } from '../shop-stage.ts';
import type { FaultRig, Shopper } from './fault-rig.ts';
import { kill } from './frozen.ts';

/** Processes that are killed, that end, and that cannot start. */
export function processCases(rig: () => FaultRig, startedWorkers: () => readonly TestService[]): void {
  let stage: ShopStage;
  let orders: TestService;
  let shopper: Shopper;
  let workers: readonly TestService[];
  beforeAll(() => {
    ({ stage, orders, shopper } = rig());
    workers = startedWorkers();
  });

  describe('a worker', () => {
    it('that is killed leaves its work to the other', async () => {
      const created = await order(orders.url, shopper.token, { items: [{ sku: 73, quantity: 1 }] });
      const orderId = String(created.body['orderId']);
      kill(workers[0]?.process);
      await shopper.pay(orderId);
      expect((await shopper.putItem()).status).toBe(202);
      await shopper.cartSettles();
      await shopper.untilStatus(orderId, 'PAID');
    });
  });

  describe('a process', () => {
    it('finishes the request under way on SIGTERM, then exits with 0', async () => {
      const service = await stage.start('orders', 9);
      const held = await stage.hold('SELECT 1 FROM stock WHERE product_id = 74 FOR UPDATE', []);
      const answer = order(service.url, shopper.token, { items: [{ sku: 74, quantity: 1 }] });
      await systemClock.sleep(300);
      const stopped = service.process.stop();
      await systemClock.sleep(300);
      await held.rollBack();
      expect((await answer).status).toBe(201);
      await stopped;
      const lines = (await service.log()).trimEnd().split('\n');
      expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ level: 'info', msg: 'stopped' });
    });

    it('listens and is not ready while its stores are not there', async () => {
      const relay = await openRelay({ host: '127.0.0.1', port: 1 });
      const lease = await leasePort();
      const child = spawn(
        process.execPath,
        [fileURLToPath(new URL('../../src/orders/main.ts', import.meta.url))],
        {
          env: {
            SHOP_SERVICE: 'orders',
            SHOP_INSTANCE: '8',
            SHOP_PORT: String(lease.port),
            SHOP_MARIADB: textOf(relay.address),
            SHOP_MARIADB_USER: 'shop',
            SHOP_MARIADB_PASSWORD: 'x',
            SHOP_MARIADB_DATABASE: 'shop',
          },
          stdio: 'ignore',
        },
      );
      const base = `http://127.0.0.1:${lease.port}`;
      try {
        await eventually(async () => (await fetch(`${base}/livez`)).status === 200);
        const ready = await ask('GET', `${base}/readyz`);
        expect([ready.status, ready.body]).toEqual([503, { isReady: false, missing: ['mariadb'] }]);
      } finally {
        child.kill('SIGTERM');
        const [code] = (await once(child, 'exit')) as [number | null];
        await relay.close();
        await lease.close();
        expect(code).toBe(0);
      }
    });

    it('ends with 1 and names every bad variable, but no value', async () => {
      const child = spawn(
        process.execPath,
        [fileURLToPath(new URL('../../src/catalog/main.ts', import.meta.url))],
        { env: { SHOP_SERVICE: 'catalog', SHOP_MARIADB_PASSWORD: 'hush', SHOP_PORT: 'x' }, stdio: 'pipe' },
      );
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      const [code] = (await once(child, 'close')) as [number | null];
      expect(code).toBe(1);
      for (const name of ['INSTANCE', 'PORT', 'MARIADB', 'REDIS', 'POLICY_CACHE', 'POLICY_RECOMMENDATION']) {
        expect(text).toContain(`SHOP_${name}:`);
      }
      expect(text).not.toContain('hush');
    });
  });
}
