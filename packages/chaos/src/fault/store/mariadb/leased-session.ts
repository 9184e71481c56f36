import {
  type MariadbServer,
  type MariadbSession,
  openMariadb,
} from '../../../store-client/mariadb-client.ts';

/** Seconds beyond the lease: the end by the controller comes first, the server's own only when that fails. */
const SPARE_SECONDS = 1;

/**
 * A session that the server itself ends when it has been idle for the lease. It ends at once when this process dies, and
 * whatever is tied to it with it; the lease is for a process that stands still.
 */
export async function openLeasedSession(
  server: MariadbServer,
  leaseMs: number,
  signal: AbortSignal,
): Promise<MariadbSession> {
  const session = await openMariadb(server, signal);
  try {
    const seconds = Math.ceil(leaseMs / 1_000) + SPARE_SECONDS;
    await session.rows('SET SESSION wait_timeout = ?', [seconds], signal);
    return session;
  } catch (error) {
    session.close();
    throw error;
  }
}
