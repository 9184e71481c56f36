import type { Address, AttributeValues } from '@stormcart/core';
import { ChaosError } from '../chaos-error.ts';
import { addressText, parseAddress } from '../proxy/address.ts';
import type { ControlClient } from '../proxy/control-client.ts';
import type { UndoStep } from '../undo/undo.ts';
import type { HttpFaultName } from './http-fault-table.ts';
import type { HttpFaultHits, HttpFaultJson, HttpProxyJson } from './http-wire.ts';

export interface HttpFaultSpec {
  /** Unique among the active ones. */
  readonly name: string;
  readonly kind: HttpFaultName;
  /** Names of forwarders. */
  readonly proxies: readonly string[];
  /** In base units; what is absent has its usual value. */
  readonly attributes: AttributeValues;
  /** The proxy ends the fault by itself after this long. */
  readonly ttlMs: number;
}

/** Faults on HTTP in the fault proxy's process. Every call rejects with a `ChaosError` when it cannot be done. */
export interface HttpFaults {
  /** A new forwarder in front of `upstream`; returns where it listens: at `listen`, else at a port of its own. */
  createProxy(spec: {
    readonly name: string;
    readonly upstream: Address;
    readonly listen?: Address;
  }): Promise<Address>;
  add(fault: HttpFaultSpec, signal?: AbortSignal): Promise<void>;
  /** False when it had ended before. */
  remove(name: string, signal?: AbortSignal): Promise<boolean>;
  /** The active ones. */
  active(signal?: AbortSignal): Promise<readonly HttpFaultJson[]>;
  /** Also of one that has ended; none of one that there never was. */
  hits(name: string, signal?: AbortSignal): Promise<HttpFaultHits>;
  /** How to end the fault without this process. */
  undoOf(name: string): UndoStep;
}

/** Where the control API is, and in which life of which process. */
type Whereabouts = Address & Pick<UndoStep, 'process'>;

export function httpFaultsOf(client: ControlClient, whereabouts: Whereabouts): HttpFaults {
  return {
    createProxy: async ({ name, upstream, listen: wanted }) => {
      const body = {
        name,
        upstream: addressText(upstream),
        ...(wanted === undefined ? {} : { listen: addressText(wanted) }),
      };
      const created = await client.demand<HttpProxyJson>('POST', ['http-proxies'], { body });
      const listen = parseAddress(created.listen);
      if (listen !== undefined) return listen;
      throw new ChaosError({
        kind: 'internal',
        code: 'FAULT_PROXY_FAILED',
        message: `the fault proxy answered an address that is none: ${created.listen}`,
      });
    },
    add: async (fault, signal) => {
      await client.demand('POST', ['http-faults'], { body: fault, signal });
    },
    remove: async (name, signal) => {
      const path = ['http-faults', name];
      const answer = await client.call('DELETE', path, { signal });
      if (answer.status === 404) return false;
      client.check(answer, 'DELETE', path);
      return true;
    },
    active: (signal) => client.demand('GET', ['http-faults'], { signal }),
    hits: async (name, signal) => {
      const path = ['http-faults', name];
      const answer = await client.call('GET', path, { signal });
      if (answer.status === 404) return { requests: 0, active: 0 };
      client.check(answer, 'GET', path);
      return (answer.body as HttpFaultJson).hits;
    },
    undoOf: (fault) => ({ kind: 'remove-http-fault', ...whereabouts, fault }),
  };
}
