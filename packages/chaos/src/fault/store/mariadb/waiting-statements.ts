import type { MariadbSession } from '../../../store-client/mariadb-client.ts';

/** The statements that wait for a table right now, by the server's numbers for them; those of `own` are not counted. */
export async function waitingStatements(
  control: MariadbSession,
  own: readonly MariadbSession[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const rows = await control.rows(
    `SELECT QUERY_ID AS query FROM information_schema.PROCESSLIST
     WHERE STATE LIKE 'Waiting for table%lock' AND ID NOT IN (?)`,
    [own.map(({ id }) => id)],
    signal,
  );
  return rows.map((row) => String(row['query']));
}
