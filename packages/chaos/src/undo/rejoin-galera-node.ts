import { z } from 'zod';
import { isAbsent } from '../store-client/absent.ts';
import { globalStatus, mariadbServer, withMariadb } from '../store-client/mariadb-client.ts';
import type { Undo } from './undo.ts';

const details = z.strictObject({ server: mariadbServer });

/** Lets an isolated node of a Galera cluster hear the others again. Gone once it serves statements as one of them. */
export const rejoinGaleraNode: Undo<z.infer<typeof details>> = {
  details,
  about: ({ server }) => `let the Galera node at ${server.host}:${server.port} hear the others again`,
  revert: async ({ server }, signal) => {
    try {
      await withMariadb(server, signal, (session) =>
        session.rows("SET GLOBAL wsrep_provider_options = 'gmcast.isolate=0'", [], signal),
      );
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
  },
  isGone: async ({ server }, signal) => {
    try {
      return await withMariadb(
        server,
        signal,
        async (session) => (await globalStatus(session, 'wsrep_ready', signal)) === 'ON',
      );
    } catch (error) {
      if (isAbsent(error)) return true;
      throw error;
    }
  },
};
