import { systemClock } from '@stormcart/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APPEND_ONLY_TABLES, installShop } from '../src/schema/install-shop.ts';
import { recordAudit } from '../src/service/audit-trail/audit-trail.ts';
import { type Database, openDatabase } from '../src/service/database/database.ts';
import { asPartOf, beginWork } from '../src/service/logging/work.ts';
import { startMariadb } from '../src/store/mariadb.ts';
import { requireStorePrograms } from '../src/store/store-programs.ts';
import { openStoreStage, type StoreStage } from './store-stage.ts';

/** "INSERT, UPDATE … command denied to user" (ER_TABLEACCESS_DENIED_ERROR). */
const DENIED = { errno: 1142 };

let stage: StoreStage;
let database: Database;

beforeAll(async () => {
  stage = await openStoreStage();
  const { mariadb: programs } = await requireStorePrograms();
  const {
    address,
    account,
    database: name,
  } = await startMariadb(stage.context, {
    programs,
    port: await stage.port(),
    content: {
      database: 'shop',
      user: 'shop',
      appendOnly: APPEND_ONLY_TABLES,
      ingredients: ['audit trail'],
      install: (connection) => installShop(connection, { products: 1, customers: 1 }),
    },
  });
  const environment = {
    SHOP_MARIADB: address,
    SHOP_MARIADB_USER: account.user,
    SHOP_MARIADB_PASSWORD: account.password,
    SHOP_MARIADB_DATABASE: name,
  };
  database = openDatabase(environment, systemClock);
});

afterAll(async () => {
  await database.close();
  expect(await stage.close()).toEqual([]);
});

const entry = { kind: 'order', action: 'order.reserved', orderId: 'o-1', customerId: 7 } as const;

describe('the audit trail', () => {
  it('keeps what happened, to whom, and in which request', async () => {
    const work = beginWork('request-1', undefined);
    await asPartOf(work, () => recordAudit(database, { ...entry, details: { totalCents: 100 } }));
    const rows = await database.rows<Record<string, unknown>>('SELECT * FROM audit_trail');
    expect(rows).toMatchObject([
      {
        kind: 'order',
        action: 'order.reserved',
        order_id: 'o-1',
        customer_id: 7,
        request_id: 'request-1',
        trace_id: work.trace.traceId,
        details: '{"totalCents":100}',
      },
    ]);
  });

  it.each([
    'UPDATE audit_trail SET customer_id = 8',
    'DELETE FROM audit_trail',
    'TRUNCATE TABLE audit_trail',
  ])('refuses services: %s', async (sql) => {
    await expect(database.change(sql)).rejects.toMatchObject(DENIED);
    expect(await database.rows('SELECT id FROM audit_trail')).toHaveLength(1);
  });

  it('loses an entry with the change that it tells of', async () => {
    await database.transaction(async (session) => {
      await recordAudit(session, { ...entry, orderId: 'o-2' });
      return { kind: 'roll-back', result: undefined };
    });
    expect(await database.rows(`SELECT id FROM audit_trail WHERE order_id = 'o-2'`)).toEqual([]);
  });

  it('leaves every other table to services as before', async () => {
    expect(await database.change('UPDATE product SET version = version + 1')).toMatchObject({ matched: 1 });
    expect(await database.change('DELETE FROM stock')).toMatchObject({ matched: 1 });
  });
});
