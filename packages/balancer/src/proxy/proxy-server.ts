import { createServer, type Socket } from 'node:net';
import type { Address } from '@stormcart/core';
import type { Certificate } from '../config/read-certificate.ts';
import { ClientConnection } from './client-connection.ts';
import { DeadlineSweep } from './deadline-sweep.ts';
import { type HandshakeCounts, HandshakeDesk } from './handshake-desk.ts';
import { listen } from './listen.ts';
import type { ProxyContext } from './proxy-context.ts';

/** The side that clients see. */
export interface ProxyServer {
  readonly address: Address;
  clientCount(): number;
  /** All zero where nothing is encrypted. */
  readonly handshakes: HandshakeCounts;
  /** Stops accepting; resolves when the last client is gone, after `timeouts.drainMs` at the latest. */
  close(): Promise<void>;
}

/** How often shutdown looks whether the last client is gone. */
const DRAIN_POLL_MS = 20;
const NO_HANDSHAKES: HandshakeCounts = { completedCount: 0, failedCount: 0, refusedCount: 0 };

/** Speaks TLS, and nothing else, when there is a certificate. Throws `CANNOT_LISTEN`. */
export async function startProxyServer(
  context: ProxyContext,
  certificate: Certificate | undefined,
): Promise<ProxyServer> {
  const { clock, config } = context;
  const clients = new Set<ClientConnection>();
  const deadlines = new DeadlineSweep(clock);
  const accept = (socket: Socket, transport: Socket): void => {
    const client = new ClientConnection(socket, transport, context);
    clients.add(client);
    deadlines.add(client);
    socket.once('close', () => {
      clients.delete(client);
      deadlines.remove(client);
    });
  };
  const desk = certificate && new HandshakeDesk({ context, certificate, deadlines, onSecure: accept });
  // Half-open: a client may end its side after the last request and still wait for the answer.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    if (desk === undefined) accept(socket, socket);
    else desk.accept(socket);
  });
  server.maxConnections = config.limits.clientConnectionsMax;
  const address = await listen(server, config.listen);
  return {
    address,
    clientCount: () => clients.size,
    handshakes: desk ?? NO_HANDSHAKES,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      desk?.close();
      for (const client of clients) client.drain();
      const giveUpMs = clock.now() + config.timeouts.drainMs;
      while (clients.size > 0 && clock.now() < giveUpMs) await clock.sleep(DRAIN_POLL_MS);
      for (const client of clients) client.destroy();
      await closed;
      deadlines.close();
    },
  };
}
