import type { Clock } from '@stormcart/core';
import type { Candidate } from '../algorithm/algorithm.ts';
import type { BalancerConfig } from '../config/balancer-config.ts';
import { ConnectionPool } from './connection-pool.ts';
import {
  afterProbe,
  afterRefusal,
  initialRotation,
  isInRotation,
  type Rotation,
  type RotationRules,
} from './rotation.ts';

export type BackendConfig = BalancerConfig['pools'][number]['backends'][number];

/** How one back end has been doing; counters only grow. */
export interface BackendReport {
  readonly name: string;
  readonly pool: string;
  readonly host: string;
  readonly port: number;
  readonly weight: number;
  readonly state: Rotation['kind'];
  readonly isInRotation: boolean;
  readonly inFlightCount: number;
  readonly connectionCount: number;
  readonly waitingCount: number;
  readonly requestCount: number;
  /** Requests that it took and did not answer completely. */
  readonly failureCount: number;
  readonly refusalCount: number;
  readonly probeFailureCount: number;
  /** Why the last probe failed, if it did. */
  readonly probeReason: string | undefined;
}

export class Backend implements Candidate {
  readonly name: string;
  readonly weight: number;
  readonly config: BackendConfig;
  readonly poolName: string;
  readonly connections: ConnectionPool;
  inFlight = 0;
  requestCount = 0;
  failureCount = 0;
  #refusalCount = 0;
  #probeFailureCount = 0;
  #probeReason: string | undefined;
  readonly #clock: Clock;
  readonly #rules: RotationRules;
  #rotation: Rotation;

  constructor(backend: BackendConfig, poolName: string, config: BalancerConfig, clock: Clock) {
    this.name = backend.name;
    this.weight = backend.weight;
    this.config = backend;
    this.poolName = poolName;
    this.#clock = clock;
    const probed = config.health === 'off' ? { riseCount: 1, fallCount: 1 } : config.health;
    this.#rules = {
      riseCount: probed.riseCount,
      fallCount: probed.fallCount,
      ejectionMs: config.ejectionMs,
      isProbed: config.health !== 'off',
    };
    this.#rotation = initialRotation(this.#rules);
    this.connections = new ConnectionPool({
      address: backend,
      clock,
      connectionsMax: config.limits.upstreamConnectionsMax,
      waitingMax: config.limits.waitingMax,
      idleMs: config.timeouts.upstreamIdleMs,
      onRefused: () => this.refuse(),
    });
  }

  isInRotation(): boolean {
    return isInRotation(this.#rotation, this.#rules, this.#clock.now());
  }

  /** A connection was refused or not answered in time. */
  refuse(): void {
    this.#refusalCount += 1;
    this.#become(afterRefusal(this.#rotation, this.#rules, this.#clock.now()));
  }

  /** It closed a fresh connection without an answer, and others can stand in for it. */
  suspect(): void {
    this.#become(afterRefusal(this.#rotation, this.#rules, this.#clock.now()));
  }

  /** `reason`: undefined when the probe was answered well. */
  probed(reason: string | undefined): void {
    if (reason !== undefined) this.#probeFailureCount += 1;
    this.#probeReason = reason;
    this.#become(afterProbe(this.#rotation, reason === undefined, this.#rules, this.#clock.now()));
  }

  report(): BackendReport {
    return {
      name: this.name,
      pool: this.poolName,
      host: this.config.host,
      port: this.config.port,
      weight: this.weight,
      state: this.#rotation.kind,
      isInRotation: this.isInRotation(),
      inFlightCount: this.inFlight,
      connectionCount: this.connections.openCount,
      waitingCount: this.connections.waitingCount,
      requestCount: this.requestCount,
      failureCount: this.failureCount,
      refusalCount: this.#refusalCount,
      probeFailureCount: this.#probeFailureCount,
      probeReason: this.#probeReason,
    };
  }

  #become(next: Rotation): void {
    const wasIn = this.#rotation.kind === 'up';
    this.#rotation = next;
    if (wasIn && next.kind !== 'up') this.connections.evacuate(`${this.name} left the rotation`);
  }
}
