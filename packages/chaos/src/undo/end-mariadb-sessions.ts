import { z } from 'zod';
import { isAbsent } from '../store-client/absent.ts';
import {
  errnoOf,
  type MariadbServer,
  type MariadbSession,
  mariadbServer,
  withMariadb,
} from '../store-client/mariadb-client.ts';
import type { Undo } from './undo.ts';

const details = z.strictObject({
  server: mariadbServer,
  /** The server's number of each, and the address it came from: both together are no later session's. */
  sessions: z.array(z.strictObject({ id: z.int().min(1), from: z.string().min(1) })).min(1),
});

export type MariadbSessions = z.infer<typeof details>;

/** MariaDB's error for a session that is not there (ER_NO_SUCH_THREAD). */
const NO_SUCH_SESSION = 1094;

/** Ends sessions of MariaDB, and with them whatever is tied to them: locks, and the places that they take. */
export const endMariadbSessions: Undo<MariadbSessions> = {
  details,
  about: ({ server, sessions }) =>
    `end ${sessions.length} sessions (${sessions[0]?.id} …) of MariaDB at ${server.host}:${server.port}`,
  revert: async ({ server, sessions }, signal) => {
    try {
      await withMariadb(server, signal, async (session) => {
        for (const id of await alive(session, sessions, signal)) {
          await session.rows('KILL CONNECTION ?', [id], signal).catch((error: unknown) => {
            if (errnoOf(error) !== NO_SUCH_SESSION) throw error;
          });
        }
      });
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
  },
  isGone: async ({ server, sessions }, signal) => {
    try {
      return await withMariadb(
        server,
        signal,
        async (session) => (await alive(session, sessions, signal)).length === 0,
      );
    } catch (error) {
      if (isAbsent(error)) return true;
      throw error;
    }
  },
};

/** The undo's details for sessions of our own. */
export async function sessionsOnServer(
  server: MariadbServer,
  control: MariadbSession,
  own: readonly MariadbSession[],
  signal: AbortSignal,
): Promise<MariadbSessions> {
  const rows = await control.rows(
    'SELECT ID AS id, HOST AS origin FROM information_schema.PROCESSLIST WHERE ID IN (?)',
    [own.map(({ id }) => id)],
    signal,
  );
  return {
    server,
    sessions: rows.map((row) => ({ id: Number(row['id']), from: String(row['origin']) })),
  };
}

async function alive(
  session: MariadbSession,
  sessions: MariadbSessions['sessions'],
  signal: AbortSignal,
): Promise<readonly number[]> {
  const rows = await session.rows(
    'SELECT ID AS id, HOST AS origin FROM information_schema.PROCESSLIST WHERE ID IN (?)',
    [sessions.map(({ id }) => id)],
    signal,
  );
  return rows
    .filter((row) => sessions.some(({ id, from }) => id === Number(row['id']) && from === row['origin']))
    .map((row) => Number(row['id']));
}
