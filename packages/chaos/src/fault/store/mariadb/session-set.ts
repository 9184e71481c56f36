import type { MariadbSession } from '../../../store-client/mariadb-client.ts';

/** The sessions that a fault has opened. Once it is over none is left, also of those that were still being opened. */
export interface SessionSet {
  /** Closes it again and throws when it comes too late. */
  add(session: MariadbSession): MariadbSession;
  readonly all: readonly MariadbSession[];
  close(): void;
}

export function createSessionSet(): SessionSet {
  const all: MariadbSession[] = [];
  let isClosed = false;
  return {
    all,
    add: (session) => {
      if (isClosed) {
        session.close();
        throw new Error('the fault is over already');
      }
      all.push(session);
      return session;
    },
    close: () => {
      isClosed = true;
      for (const session of all) session.close();
    },
  };
}
