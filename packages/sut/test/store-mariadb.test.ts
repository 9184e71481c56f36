import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, describe, expect, it } from 'vitest';
import { type MariadbContent, type RunningMariadb, startMariadb } from '../src/store/mariadb.ts';
import { requireStorePrograms } from '../src/store/store-programs.ts';
import { openStoreStage, type StoreStage } from './store-stage.ts';

const cacheFolder = await mkdtemp(join(tmpdir(), 'stormcart-template-'));
afterAll(() => rm(cacheFolder, { recursive: true, force: true }));

let installs = 0;
const content: MariadbContent = {
  database: 'shop',
  user: 'shop',
  ingredients: ['one table, one row'],
  install: async (connection) => {
    installs += 1;
    await connection.query('CREATE TABLE note (id INT PRIMARY KEY, text VARCHAR(50))');
    await connection.query(`INSERT INTO note VALUES (1, 'seeded')`);
  },
};

async function start(stage: StoreStage, kept: MariadbContent = content): Promise<RunningMariadb> {
  const { mariadb: programs } = await requireStorePrograms();
  return startMariadb(stage.context, { programs, port: await stage.port(), content: kept });
}

async function query(store: RunningMariadb, sql: string): Promise<readonly RowDataPacket[]> {
  const connection = await createConnection({
    ...store.address,
    ...store.account,
    database: store.database,
    connectTimeout: 5_000,
  });
  try {
    const [rows] = await connection.query<RowDataPacket[]>(sql);
    return rows;
  } finally {
    connection.destroy();
  }
}

describe('a private MariaDB', () => {
  it('serves the installed content to the unprivileged account and leaves nothing behind', async () => {
    const stage = await openStoreStage(cacheFolder);
    try {
      const store = await start(stage);
      expect(await query(store, 'SELECT text FROM note')).toEqual([{ text: 'seeded' }]);
      await expect(query(store, 'DROP TABLE note')).rejects.toMatchObject({ errno: 1142 });
      await expect(query(store, 'SET GLOBAL read_only = 1')).rejects.toMatchObject({ errno: 1227 });
    } finally {
      expect(await stage.close()).toEqual([]);
    }
  });

  it('does not let root in without the password', async () => {
    const stage = await openStoreStage(cacheFolder);
    try {
      const store = await start(stage);
      const target = { ...store.address, connectTimeout: 5_000 };
      await expect(createConnection({ ...target, user: 'root', password: '' })).rejects.toMatchObject({
        errno: 1045,
      });
      const connection = await createConnection({ ...target, ...store.administrator });
      await connection.query('SET GLOBAL read_only = 1');
      connection.destroy();
      await expect(query(store, `INSERT INTO note VALUES (9, 'no')`)).rejects.toMatchObject({ errno: 1290 });
    } finally {
      expect(await stage.close()).toEqual([]);
    }
  });

  it('comes back on the same port with every committed row after SIGKILL', async () => {
    const stage = await openStoreStage(cacheFolder);
    try {
      const store = await start(stage);
      await query(store, `INSERT INTO note VALUES (2, 'committed')`);
      const killed = store.process.pid();
      process.kill(killed ?? 0, 'SIGKILL');
      await expect.poll(() => store.process.state()).toBe('down');
      await store.process.whenReady(AbortSignal.timeout(30_000));
      expect(store.process.pid()).not.toBe(killed);
      expect(await query(store, 'SELECT id FROM note ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
    } finally {
      expect(await stage.close()).toEqual([]);
    }
  });

  it('runs twice side by side on one template, each with its own rows', async () => {
    const stages = [await openStoreStage(cacheFolder), await openStoreStage(cacheFolder)] as const;
    try {
      const racing: MariadbContent = { ...content, ingredients: ['a template that both make at once'] };
      const [left, right] = await Promise.all([start(stages[0], racing), start(stages[1], racing)]);
      await query(left, `INSERT INTO note VALUES (3, 'left')`);
      expect(await query(right, 'SELECT id FROM note')).toEqual([{ id: 1 }]);
      expect((await readdir(cacheFolder)).filter((name) => name.startsWith('.building'))).toEqual([]);
    } finally {
      for (const stage of stages) expect(await stage.close()).toEqual([]);
    }
  });

  it('installs the content once and copies it from then on', async () => {
    const before = installs;
    for (let run = 0; run < 2; run += 1) {
      const stage = await openStoreStage(cacheFolder);
      try {
        await start(stage, { ...content, ingredients: ['counted'] });
      } finally {
        expect(await stage.close()).toEqual([]);
      }
    }
    expect(installs - before).toBe(1);
  });

  it('keeps no half-made template when the content cannot be installed', async () => {
    const stage = await openStoreStage();
    try {
      const broken: MariadbContent = {
        ...content,
        install: async (connection) => {
          await connection.query('CREATE TABLE broken (');
        },
      };
      await expect(start(stage, broken)).rejects.toMatchObject({ code: 'STORE_TEMPLATE_FAILED' });
      expect(await readdir(stage.context.cacheFolder)).toEqual([]);
    } finally {
      expect(await stage.close()).toEqual([]);
    }
  });
});
