import { connect } from 'node:net';
import { messageOf } from '@stormcart/core';
import type { DrillOrder } from './drill-order.ts';
import { shareError } from './share-error.ts';
import { thisMachine } from './this-machine.ts';

/** A handshake over any network that a load makes sense on. */
const CONNECT_WITHIN_MS = 5_000;

/**
 * Whoever makes a share of a drill must reach its system, or the network on the way would be taken for the system.
 * Opens a connection and closes it. Throws TARGET_OUT_OF_REACH.
 */
export async function reachTarget({ url, machine }: Pick<DrillOrder, 'url' | 'machine'>): Promise<void> {
  if (machine !== undefined && machine !== ((await thisMachine()) ?? machine)) {
    throw outOfReach(
      `${url} is an address of the machine that runs the drill, and this is another one (or another network namespace)`,
      'Start the agents on that machine, or drill a system that listens where they can reach it (`external`).',
    );
  }
  try {
    await openAndClose(new URL(url));
  } catch (error) {
    throw outOfReach(
      `${url} cannot be reached: ${messageOf(error)}`,
      'Check routes and firewalls on the way.',
    );
  }
}

function openAndClose(url: URL): Promise<void> {
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const host = url.hostname.replaceAll(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: CONNECT_WITHIN_MS });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
    socket.once('timeout', () => socket.destroy(new Error(`no answer for ${CONNECT_WITHIN_MS / 1_000} s`)));
  });
}

function outOfReach(message: string, hint: string): Error {
  return shareError({ kind: 'environment', code: 'TARGET_OUT_OF_REACH', message, hint });
}
