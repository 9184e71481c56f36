import { type Address, type Clock, systemClock } from '@stormcart/core';
import { readJson } from './api/body.ts';
import { serveControl } from './api/control-server.ts';
import { populate } from './api/populate.ts';
import { type ProxyJson, proxyJson } from './api/wire.ts';
import type { ProxyEvent } from './proxy-event.ts';
import { ProxySet } from './proxy-set.ts';
import { resolveHost } from './resolve-host.ts';

export interface FaultProxyServerOptions {
  /** Of the control API. */
  readonly listen: Address;
  /** The same seed picks the same connections. */
  readonly seed: string;
  readonly onEvent: (event: ProxyEvent) => void;
  readonly clock?: Clock;
}

/** The fault proxy in this process. */
export interface FaultProxyServer {
  readonly address: Address;
  /** Adds the proxies of Toxiproxy's populate JSON. Rejects with a `ChaosError`; those before the failure stay. */
  populate(text: string): Promise<readonly ProxyJson[]>;
  /** Closes every listener and every connection. */
  close(): Promise<void>;
}

/** Rejects with a `ChaosError` LISTEN_FAILED. */
export async function serveFaultProxy(options: FaultProxyServerOptions): Promise<FaultProxyServer> {
  const { listen, seed, onEvent, clock = systemClock } = options;
  const set = new ProxySet({ seed, clock, onEvent });
  const control = await serveControl(set, { host: await resolveHost(listen.host), port: listen.port });
  return {
    address: control.address,
    populate: async (text) => {
      const { proxies, error } = await populate(set, readJson(text));
      if (error !== undefined) throw error;
      return proxies.map((proxy) => proxyJson(set, proxy));
    },
    close: async () => {
      await control.close();
      await set.close();
    },
  };
}
