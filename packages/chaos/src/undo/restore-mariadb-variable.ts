import { z } from 'zod';
import { isAbsent } from '../store-client/absent.ts';
import { globalVariable, mariadbServer, withMariadb } from '../store-client/mariadb-client.ts';
import type { Undo } from './undo.ts';

const details = z.strictObject({
  server: mariadbServer,
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  /** As the server writes it. */
  value: z.string(),
});

/** Sets a global variable of MariaDB to what it was. It lives in the server's memory and ends with it. */
export const restoreMariadbVariable: Undo<z.infer<typeof details>> = {
  details,
  about: ({ server, name, value }) => `set ${name} to ${value} in MariaDB at ${server.host}:${server.port}`,
  revert: async ({ server, name, value }, signal) => {
    try {
      await withMariadb(server, signal, (session) => session.rows(`SET GLOBAL ${name} = ?`, [value], signal));
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
  },
  isGone: async ({ server, name, value }, signal) => {
    try {
      return await withMariadb(
        server,
        signal,
        async (session) => (await globalVariable(session, name, signal)) === value,
      );
    } catch (error) {
      if (isAbsent(error)) return true;
      throw error;
    }
  },
};
