import { createServer, type ServerResponse } from 'node:http';
import type { Address } from '@stormcart/core';
import type { AccessLog } from '../access-log/access-log.ts';
import type { HandshakeCounts } from '../proxy/handshake-desk.ts';
import { listen } from '../proxy/listen.ts';
import type { BackendPool } from '../route/backend-pool.ts';
import { renderMetrics } from './metrics.ts';
import type { RequestCounts } from './request-counts.ts';

export interface AdminServer {
  readonly address: Address;
  close(): Promise<void>;
}

/** What the admin pages show. */
export interface BalancerStatus {
  readonly pools: readonly BackendPool[];
  readonly counts: RequestCounts;
  readonly accessLog: AccessLog;
  readonly isDraining: () => boolean;
  readonly clientCount: () => number;
  readonly handshakes: HandshakeCounts;
}

/**
 * Serves `/livez`, `/readyz`, `/metrics` (Prometheus text) and `/backends` (JSON `BackendReport`s);
 * not for customers. Throws `CANNOT_LISTEN`.
 */
export async function startAdminServer(status: BalancerStatus, at: Address): Promise<AdminServer> {
  const isReady = createReadiness(status);
  const server = createServer((request, response) => {
    request.resume();
    const page = request.url ?? '';
    if (page === '/livez') {
      send(response, 200, 'text/plain', 'alive\n');
    } else if (page === '/readyz') {
      const ready = isReady();
      send(response, ready ? 200 : 503, 'text/plain', ready ? 'ready\n' : 'not ready\n');
    } else if (page === '/metrics') {
      send(response, 200, 'text/plain; version=0.0.4', renderMetrics(status));
    } else if (page === '/backends') {
      const reports = status.pools.flatMap((pool) => pool.backends.map((backend) => backend.report()));
      send(response, 200, 'application/json', `${JSON.stringify(reports)}\n`);
    } else {
      send(response, 404, 'text/plain', 'here are /livez, /readyz, /metrics and /backends\n');
    }
  });
  const address = await listen(server, at);
  return {
    address,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/**
 * Ready begins when every pool has somebody, so that a boot waits for all. Afterwards one pool without
 * back ends is an outage of that pool, not of the balancer.
 */
function createReadiness(status: BalancerStatus): () => boolean {
  let hasBeenReady = false;
  return () => {
    if (status.isDraining()) return false;
    hasBeenReady ||= status.pools.every((pool) => pool.hasBackend());
    return hasBeenReady && status.pools.some((pool) => pool.hasBackend());
  };
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'Content-Type': type }).end(body);
}
