import type { Clock } from '@stormcart/core';
import { Connection } from './connection.ts';
import type { Carrier, OutgoingRequest } from './exchange.ts';
import type { Connect } from './target.ts';

/**
 * An idle connection older than this is not used again. Servers close idle connections too, Node's
 * after 5 s (`keepAliveTimeout`); a request that crosses such a close is lost, and would be counted
 * against the system although no customer's browser would have taken that chance.
 */
const IDLE_MS_MAX = 4_000;
/** A server's own announcement is undercut by this much, for the way there and for late timers. */
const ANNOUNCED_MARGIN_MS = 1_000;

/** Connections to one target. It opens as many as there are requests at once: the caller bounds those. */
export interface ConnectionPool {
  send(request: OutgoingRequest): Carrier;
  /** Connections that are open or being opened. */
  openCount(): number;
  /** Destroys every connection; exchanges under way report nothing. */
  close(): void;
}

/**
 * A lost request is never sent again. When the close of an idle connection is seen before sending,
 * another connection is taken; when it is seen afterwards, nobody can know whether the server had
 * read the request (RFC 9110 §9.2.2), so it is counted as `reset`, which is what a customer would see.
 */
export function createConnectionPool(connect: Connect, clock: Clock): ConnectionPool {
  const open = new Set<Connection>();
  // The most recently used one first, so that the number in use shrinks after a burst.
  const idle: Connection[] = [];

  const events = {
    onIdle: (connection: Connection) => {
      connection.idleSinceMs = clock.now();
      idle.push(connection);
    },
    onGone: (connection: Connection) => {
      open.delete(connection);
      const place = idle.lastIndexOf(connection);
      if (place !== -1) idle.splice(place, 1);
    },
  };

  const takeIdle = (): Connection | undefined => {
    const nowMs = clock.now();
    for (let connection = idle.pop(); connection !== undefined; connection = idle.pop()) {
      if (nowMs - connection.idleSinceMs < idleMsMax(connection)) return connection;
      connection.destroy();
    }
    return undefined;
  };

  return {
    send: (request) => {
      let connection = takeIdle();
      if (connection === undefined) {
        connection = new Connection(connect, events);
        open.add(connection);
      }
      connection.start(request);
      return connection;
    },
    openCount: () => open.size,
    close: () => {
      for (const connection of open) connection.destroy();
      open.clear();
      idle.length = 0;
    },
  };
}

function idleMsMax(connection: Connection): number {
  const announced = connection.announcedIdleMs;
  return announced === undefined ? IDLE_MS_MAX : Math.min(IDLE_MS_MAX, announced - ANNOUNCED_MARGIN_MS);
}
