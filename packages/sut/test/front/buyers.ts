import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import type { RunningSystem } from '@stormcart/core';
import { askFront, type FrontAnswer } from './front-client.ts';

/** People who have the page open, each on a connection of their own, and wait for the sale to begin. */
export interface Buyers {
  /** All of them press the button at once; what each was told. */
  order(sku: number): Promise<readonly FrontAnswer[]>;
  close(): void;
}

/** Handshakes at a time: they are not what is tried here. */
const HANDSHAKES = 25;

/** Buyers share a few customers' sessions: what a log-in costs is not what is tried here. */
export async function gatherBuyers(
  running: RunningSystem,
  count: number,
  tokens: readonly string[],
): Promise<Buyers> {
  const { hostname, port } = new URL(running.entryUrl);
  const ca = running.certificateAuthority?.certificate;
  const connections: TLSSocket[] = [];
  let session: Buffer | undefined;
  const arrive = async (): Promise<void> => {
    while (connections.length < count) {
      const connection = connect({ host: hostname, port: Number(port), ca, session });
      connections.push(connection);
      connection.on('session', (ticket: Buffer) => {
        session = ticket;
      });
      await once(connection, 'secureConnect');
    }
  };
  await Promise.all(Array.from({ length: HANDSHAKES }, arrive));
  return {
    order: (sku) =>
      Promise.all(
        connections.map((connection, index) =>
          askFront(running, 'POST', '/api/orders', {
            headers: {
              authorization: `Bearer ${tokens[index % tokens.length]}`,
              'content-type': 'application/json',
              'idempotency-key': randomUUID(),
            },
            body: JSON.stringify({ items: [{ sku, quantity: 1 }] }),
            connection,
          }),
        ),
      ),
    close: () => {
      for (const connection of connections) connection.destroy();
    },
  };
}
