import type { MariadbSession } from '../../../store-client/mariadb-client.ts';

/**
 * What the server counts beside statements of its clients, or counts twice: the binary protocol's own commands, and a
 * prepared statement that is named in SQL counts as `execute` and as what it is.
 */
const NO_STATEMENTS = /^Com_(?:stmt_|admin_commands$|execute_sql$|execute_immediate$)/;

/**
 * How many statements have been taken in and not begun, up to an unknown constant. MariaDB counts no refusals; but it
 * counts a statement among `Questions` when it comes and by its kind (`Com_insert`) when it is carried out, and with
 * `read_only` it refuses in between. (10.11: ten refused INSERTs raise Questions by ten and Com_insert by none, in text
 * as well as prepared.) Statements with a mistake in them count as well; a COMMIT that is refused does not.
 */
export async function refusedStatements(session: MariadbSession, signal: AbortSignal): Promise<number> {
  const rows = await session.rows(
    "SHOW GLOBAL STATUS WHERE Variable_name = 'Questions' OR Variable_name LIKE 'Com\\_%'",
    [],
    signal,
  );
  return rows.reduce((sum, row) => {
    const [name, count] = [String(row['Variable_name']), Number(row['Value'])];
    if (name === 'Questions') return sum + count;
    return NO_STATEMENTS.test(name) ? sum : sum - count;
  }, 0);
}
