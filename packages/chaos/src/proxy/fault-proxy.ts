import { fileURLToPath } from 'node:url';
import { type Address, leasePort, pollUntil, type Supervisor } from '@stormcart/core';
import { ChaosError } from '../chaos-error.ts';
import type { LinkFaultName } from '../fault/link/link-kinds.ts';
import { type ProcessRef, processRef } from '../undo/process-ref.ts';
import type { UndoStep } from '../undo/undo.ts';
import type { ToxicHits } from './active-toxic.ts';
import { addressText, parseAddress } from './address.ts';
import type { ProxyJson, ToxicJson } from './api/wire.ts';
import { ControlClient } from './control-client.ts';

export interface ToxicSpec {
  /** Unique on its proxy. `x_upstream` and `x_downstream` with a share meet the same connections. */
  readonly name: string;
  readonly type: LinkFaultName;
  /** Upstream: what the client sends. */
  readonly stream: 'upstream' | 'downstream';
  /** Share of connections, 0 to 1. */
  readonly toxicity: number;
  /** Toxiproxy's names and units: milliseconds, thousands of bytes a second. */
  readonly attributes: Readonly<Record<string, number>>;
  /** The proxy ends the toxic by itself after this long. */
  readonly ttlMs: number;
}

/** The fault proxy's process, seen from the drill. Every call rejects with a `ChaosError` when it cannot be done. */
export interface FaultProxy {
  /** Of the control API. */
  readonly address: Address;
  /** A new proxy in front of `upstream`; returns where it listens: at `listen`, else at a port of its own. */
  createProxy(spec: {
    readonly name: string;
    readonly upstream: Address;
    readonly listen?: Address;
  }): Promise<Address>;
  addToxic(proxy: string, toxic: ToxicSpec, signal?: AbortSignal): Promise<void>;
  /** False when it had ended before. */
  removeToxic(proxy: string, toxic: string, signal?: AbortSignal): Promise<boolean>;
  toxics(proxy: string, signal?: AbortSignal): Promise<readonly ToxicJson[]>;
  /** Whether connections are accepted: not while it is down. */
  isListening(proxy: string, signal?: AbortSignal): Promise<boolean>;
  /** By toxic, those that have ended included. */
  hits(proxy: string, signal?: AbortSignal): Promise<Readonly<Record<string, ToxicHits>>>;
  /** How to take the toxic off without this process. */
  undoOf(proxy: string, toxic: string): UndoStep;
  close(): Promise<void>;
}

export interface FaultProxyOptions {
  readonly supervisor: Supervisor;
  readonly logFolder: string;
  readonly signal: AbortSignal;
  /** The same seed picks the same connections. */
  readonly seed?: number;
}

/** A Node process with no work is there in a third of a second; a crowded machine needs many times that. */
const READY_TIMEOUT_MS = 15_000;
/** It closes sockets and nothing else. */
const STOP_TIMEOUT_MS = 2_000;

/** Starts the proxy process under the supervisor. Rejects with an `AppError` when it does not come up. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { supervisor, logFolder, signal, seed = 0 } = options;
  signal.throwIfAborted();
  const lease = await leasePort();
  const address: Address = { host: '127.0.0.1', port: lease.port };
  const client = new ControlClient(address);
  try {
    const child = await supervisor.start({
      name: 'fault-proxy',
      command: process.execPath,
      args: [
        fileURLToPath(new URL('./main.ts', import.meta.url)),
        '--listen',
        addressText(address),
        '--seed',
        String(seed),
      ],
      env: {},
      workFolder: logFolder,
      logFile: `${logFolder}/fault-proxy.log`,
      ready: (notReady) =>
        pollUntil(async () => (await client.call('GET', ['version'])).status === 200, {
          everyMs: 20,
          signal: AbortSignal.any([notReady, signal]),
        }),
      readyTimeoutMs: READY_TIMEOUT_MS,
      stopSignal: 'SIGTERM',
      stopTimeoutMs: STOP_TIMEOUT_MS,
      // A new process would know none of the proxies: connections would be refused without a fault to explain it.
      restart: { kind: 'never' },
    });
    const pid = child.pid();
    const life = pid === undefined ? undefined : await processRef(pid);
    return clientOf(address, client, life, async () => {
      await child.stop();
      await lease.close();
    });
  } catch (error) {
    await lease.close();
    throw error;
  }
}

/** A fault proxy that somebody else has started and will end. Nothing is asked of it before it is needed. */
export function attachFaultProxy(address: Address): FaultProxy {
  return clientOf(address, new ControlClient(address), undefined, async () => undefined);
}

function clientOf(
  address: Address,
  client: ControlClient,
  life: ProcessRef | undefined,
  close: () => Promise<void>,
): FaultProxy {
  return {
    address,
    createProxy: async ({ name, upstream, listen: wanted }) => {
      const created = await client.demand<ProxyJson>('POST', ['proxies'], {
        body: {
          name,
          upstream: addressText(upstream),
          ...(wanted === undefined ? {} : { listen: addressText(wanted) }),
        },
      });
      const listen = parseAddress(created.listen);
      if (listen !== undefined) return listen;
      throw new ChaosError({
        kind: 'internal',
        code: 'FAULT_PROXY_FAILED',
        message: `the fault proxy answered an address that is none: ${created.listen}`,
      });
    },
    addToxic: async (proxy, { ttlMs, ...toxic }, signal) => {
      const body = { ...toxic, ttl: ttlMs };
      await client.demand('POST', ['proxies', proxy, 'toxics'], { body, signal });
    },
    removeToxic: async (proxy, toxic, signal) => {
      const path = ['proxies', proxy, 'toxics', toxic];
      const answer = await client.call('DELETE', path, { signal });
      if (answer.status === 404) return false;
      client.check(answer, 'DELETE', path);
      return true;
    },
    toxics: (proxy, signal) => client.demand('GET', ['proxies', proxy, 'toxics'], { signal }),
    isListening: async (proxy, signal) =>
      (await client.demand<ProxyJson>('GET', ['proxies', proxy], { signal })).listening,
    hits: (proxy, signal) => client.demand('GET', ['proxies', proxy, 'hits'], { signal }),
    undoOf: (proxy, toxic) => ({
      kind: 'remove-toxic',
      ...address,
      proxy,
      toxic,
      ...(life === undefined ? {} : { process: life }),
    }),
    close,
  };
}
