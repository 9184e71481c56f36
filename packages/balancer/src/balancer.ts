import { type Address, type Clock, createRetryBudget, systemClock } from '@stormcart/core';
import { createAccessLog, type LogSink } from './access-log/access-log.ts';
import { type AdminServer, startAdminServer } from './admin/admin-server.ts';
import { createRequestCounts } from './admin/request-counts.ts';
import { Backend, type BackendReport } from './backend/backend.ts';
import { checkHealth } from './backend/health-checker.ts';
import {
  type BalancerConfig,
  type BalancerConfigInput,
  parseBalancerConfig,
} from './config/balancer-config.ts';
import { readCertificate } from './config/read-certificate.ts';
import { answerFieldsOf } from './proxy/answer-fields.ts';
import type { ProxyContext } from './proxy/proxy-context.ts';
import { type ProxyServer, startProxyServer } from './proxy/proxy-server.ts';
import { createRequestIds } from './proxy/request-id.ts';
import { retryFigures } from './proxy/retry-figures.ts';
import { BackendPool } from './route/backend-pool.ts';
import { createRouter } from './route/router.ts';

export interface BalancerOptions {
  /** Parsed here; throws `BAD_CONFIG` with every issue. */
  readonly config: BalancerConfigInput;
  /** Where access lines go; absent: nowhere. */
  readonly logSink?: LogSink;
  readonly clock?: Clock;
}

/** A running balancer. */
export interface Balancer {
  /** Where clients send requests; the port is the real one when 0 was asked for. */
  readonly address: Address;
  readonly adminAddress: Address | undefined;
  backends(): readonly BackendReport[];
  /** Access lines that found no room or could not be written. */
  droppedLineCount(): number;
  /** Stops accepting, lets what is in flight finish within `timeouts.drainMs`, closes everything. */
  close(): Promise<void>;
}

/** How often idle connections to back ends are looked through; they may live a second too long. */
const EXPIRE_EVERY_MS = 1_000;

/** Starts a balancer. Throws `BAD_CONFIG`, `BAD_CERTIFICATE`, or `CANNOT_LISTEN` when an address is taken or not ours. */
export async function createBalancer(options: BalancerOptions): Promise<Balancer> {
  const config = parseBalancerConfig(options.config);
  const clock = options.clock ?? systemClock;
  const certificate = config.tls && (await readCertificate(config.tls));
  const pools = config.pools.map((pool) => poolOf(pool, config, clock));
  const backends = pools.flatMap((pool) => pool.backends);
  const stopping = new AbortController();
  const context: ProxyContext = {
    config,
    clock,
    router: createRouter(pools),
    accessLog: createAccessLog(options.logSink ?? (() => Promise.resolve()), config.accessLog.linesMax),
    counts: createRequestCounts(),
    scheme: certificate === undefined ? 'http' : 'https',
    answerFields: answerFieldsOf(config.answers),
    requestIdFor: createRequestIds(),
    retryBudget: createRetryBudget(retryFigures, clock),
    isDraining: () => stopping.signal.aborted,
  };
  const proxy = await startProxyServer(context, certificate);
  const admin = await startAdmin(context, pools, proxy);
  const probing =
    config.health === 'off'
      ? Promise.resolve()
      : checkHealth(backends, config.health, clock, stopping.signal);
  const expiring = expireIdle(backends, clock, stopping.signal);

  const shutDown = async (): Promise<void> => {
    stopping.abort();
    await proxy.close();
    for (const backend of backends) backend.connections.close();
    await Promise.all([probing, expiring]);
    await admin?.close();
    await context.accessLog.close();
  };
  let closing: Promise<void> | undefined;
  return {
    address: proxy.address,
    adminAddress: admin?.address,
    backends: () => backends.map((backend) => backend.report()),
    droppedLineCount: () => context.accessLog.droppedCount,
    close: () => {
      closing ??= shutDown();
      return closing;
    },
  };
}

function poolOf(pool: BalancerConfig['pools'][number], config: BalancerConfig, clock: Clock): BackendPool {
  const backends = pool.backends.map((backend) => new Backend(backend, pool.name, config, clock));
  return new BackendPool(pool, backends);
}

async function startAdmin(
  context: ProxyContext,
  pools: readonly BackendPool[],
  proxy: ProxyServer,
): Promise<AdminServer | undefined> {
  const { config, counts, accessLog, isDraining } = context;
  if (config.admin === undefined) return undefined;
  const status = {
    pools,
    counts,
    accessLog,
    isDraining,
    clientCount: () => proxy.clientCount(),
    handshakes: proxy.handshakes,
  };
  try {
    return await startAdminServer(status, config.admin);
  } catch (error) {
    await proxy.close();
    throw error;
  }
}

async function expireIdle(backends: readonly Backend[], clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(EXPIRE_EVERY_MS, signal).catch(() => undefined);
    for (const backend of backends) backend.connections.expire();
  }
}
