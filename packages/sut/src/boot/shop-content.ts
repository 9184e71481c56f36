import { readdir, readFile } from 'node:fs/promises';
import { APPEND_ONLY_TABLES, installShop } from '../schema/install-shop.ts';
import type { MariadbContent } from '../store/mariadb.ts';

/** The sources that decide what a fresh database holds: another text makes another template. */
const SCHEMA_FOLDER = new URL('../schema/', import.meta.url);
const PASSWORD_HASH_FILE = new URL('../account/password-hash.ts', import.meta.url);

/** The shop's tables, catalogue and customers. */
export async function shopContent(): Promise<MariadbContent> {
  const names = (await readdir(SCHEMA_FOLDER)).filter((name) => !name.includes('.test.')).toSorted();
  const files = [...names.map((name) => new URL(name, SCHEMA_FOLDER)), PASSWORD_HASH_FILE];
  return {
    database: 'shop',
    user: 'shop',
    appendOnly: APPEND_ONLY_TABLES,
    ingredients: await Promise.all(files.map((file) => readFile(file, 'utf8'))),
    install: (connection) => installShop(connection),
  };
}
