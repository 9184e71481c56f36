import type { Socket } from 'node:net';
import type { Clock } from '@stormcart/core';

/** How long a client may take to read what is left for it when all is over. */
const STALL_MS = 60_000;

/**
 * After the last answer the client may still be sending; closing at once would reset the connection and could take
 * the answer with it. So nothing more is sent, and what comes is read into the void for this long.
 */
const LINGER_MS = 2_000;

/** Ends a connection whose last bytes are written; returns what calls its timers off. */
export function closeLingering(socket: Socket, clock: Clock): () => void {
  const destroy = (): void => void socket.destroy();
  let cancel = clock.after(STALL_MS, destroy);
  socket.end(() => {
    cancel();
    if (!socket.destroyed) cancel = clock.after(LINGER_MS, destroy);
  });
  socket.resume();
  return () => cancel();
}
