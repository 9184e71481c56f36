import { readFile } from 'node:fs/promises';
import type { Connection } from 'mysql2/promise';
import { hashPassword } from '../account/password-hash.ts';
import { seedProducts } from './seed.ts';

/** Tables that services may add to and read, and nothing else. */
export const APPEND_ONLY_TABLES = ['audit_trail'];
/** The password of every seeded account. */
export const SEED_PASSWORD = 'correct horse battery staple';
/** The seeded account with the role admin. */
export const CLERK_EMAIL = 'clerk@example.test';

export function seedCustomerEmail(number: number): string {
  return `customer-${number}@example.test`;
}

export interface InstallOptions {
  readonly products?: number;
  readonly stockEach?: number;
  /** Customers `customer-1@example.test` and so on, beside the clerk. */
  readonly customers?: number;
  readonly seed?: number;
}

const DEFAULTS = { products: 10_000, stockEach: 1_000, customers: 500, seed: 1 } as const;

/** A statement of so many rows stays far below MariaDB's 16 MiB packet. */
const ROWS_PER_INSERT = 1_000;

/** Makes the shop's tables in the connection's database, which must be empty, and fills them. */
export async function installShop(connection: Connection, options: InstallOptions = {}): Promise<void> {
  const { products, stockEach, customers, seed } = { ...DEFAULTS, ...options };
  for (const file of ['./tables.sql', './audit-trail.sql']) {
    const tables = await readFile(new URL(file, import.meta.url), 'utf8');
    for (const statement of statementsOf(tables)) await connection.query(statement);
  }

  const items = seedProducts(products, seed);
  await connection.beginTransaction();
  await insertRows(
    connection,
    'product (id, name, description, price_cents)',
    items.map((item) => [item.id, item.name, item.description, item.priceCents]),
  );
  await insertRows(
    connection,
    'stock (product_id, initial, available)',
    items.map((item) => [item.id, stockEach, stockEach]),
  );
  // One hash for all: 500 honest ones would take half a minute of CPU.
  const hash = await hashPassword(SEED_PASSWORD);
  const people = Array.from({ length: customers }, (_, index) => [
    seedCustomerEmail(index + 1),
    `Customer ${index + 1}`,
    hash,
    'customer',
  ]);
  await insertRows(connection, 'customer (email, name, password_hash, role)', [
    ...people,
    [CLERK_EMAIL, 'Clerk', hash, 'admin'],
  ]);
  await connection.commit();
}

async function insertRows(
  connection: Connection,
  target: string,
  rows: readonly (readonly (string | number)[])[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) {
    await connection.query(`INSERT INTO ${target} VALUES ?`, [rows.slice(start, start + ROWS_PER_INSERT)]);
  }
}

/** The file holds plain statements: no semicolon inside a text or a comment. */
function statementsOf(sql: string): readonly string[] {
  return sql
    .replaceAll(/^--.*$/gm, '')
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
