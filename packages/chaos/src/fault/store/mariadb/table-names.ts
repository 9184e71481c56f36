import { type MariadbStore, matchNames } from '@stormcart/core';
import { ChaosError } from '../../../chaos-error.ts';
import type { MariadbSession } from '../../../store-client/mariadb-client.ts';
import type { TextAttribute } from '../../attribute.ts';

/** `table:` of a scenario. MariaDB's names have 64 characters at most. */
export const tableAttribute: TextAttribute = {
  kind: 'text',
  about: 'the table of the system, or several: * stands for any characters',
  example: 'product',
  lengthMax: 64,
};

/** Each one takes a session; a system with more tables has to name those that matter. */
const TABLES_MAX = 64;

/** The tables of the store's database that a pattern stands for. Rejects when it stands for none, or for too many. */
export async function tableNames(
  { name, database }: MariadbStore,
  pattern: string,
  session: MariadbSession,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const rows = await session.rows(
    `SELECT TABLE_NAME AS name FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE' ORDER BY TABLE_NAME`,
    [database],
    signal,
  );
  const all = rows.map((row) => String(row['name']));
  const found = matchNames(pattern, all);
  if (found.length > 0 && found.length <= TABLES_MAX) return found;
  const what = found.length === 0 ? 'no table' : `${found.length} tables, more than ${TABLES_MAX}`;
  throw new ChaosError({
    kind: 'usage',
    code: 'BAD_FAULT',
    message: `the database ${database} of ${name} has ${what} that \`${pattern}\` stands for; it has ${all.join(', ')}`,
    details: { accepted: all },
  });
}
